import { StarlarkDict, StarlarkFloat, StarlarkList, StarlarkTuple, type Value } from '../starlark/index.ts';
import { json, type Shape } from './symbolic.ts';

/** What kind of thing a shape is, as far as operators distinguish. Ints and floats are numbers. */
export type Sort = 'string' | 'number' | 'bool' | 'none' | 'list' | 'tuple' | 'dict' | 'key' | 'other';

export function sortOf(shape: Shape): Sort {
  switch (shape.kind) {
    case 'constant':
      return sortOfValue(shape.value);
    case 'string':
    case 'opaque':
      return 'string';
    case 'int':
    case 'float':
      return 'number';
    case 'bool':
    case 'list':
    case 'dict':
      return shape.kind;
    case 'fields':
      return 'dict';
    case 'strings':
    case 'counted':
      return 'list';
    case 'sequence':
      return shape.type;
    case 'some':
      return shape.type === 'int' || shape.type === 'float' ? 'number' : shape.type;
    default:
      return 'other';
  }
}

export function sortOfValue(value: Value): Sort {
  if (value === null) return 'none';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof StarlarkFloat) return 'number';
  if (value instanceof StarlarkList) return 'list';
  if (value instanceof StarlarkTuple) return 'tuple';
  return value instanceof StarlarkDict ? 'dict' : 'other';
}

/** The number of elements as SQL; null for shapes without one, and for strings. */
export function sizeOf(shape: Shape): string | null {
  switch (shape.kind) {
    case 'list':
    case 'dict':
      return json('JSONLength', shape.path);
    case 'strings':
      return `length(${shape.sql})`;
    case 'counted':
      return shape.sql;
    case 'sequence':
      return String(shape.items.length);
    default:
      return null;
  }
}
