import type { Value } from './values.ts';

/** The name that type(v) gives. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
    case 'bigint':
      return 'int';
    case 'boolean':
      return 'bool';
    default:
      return value === null ? 'NoneType' : value.starlarkType;
  }
}
