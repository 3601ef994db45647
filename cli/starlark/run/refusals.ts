import { EvalError } from './errors.ts';
import { typeName } from './type-name.ts';
import type { Value } from './values.ts';

/** Raises: a variable has no value yet. */
export function unassigned(scope: 'local' | 'global', name: string): never {
  throw new EvalError(
    `${scope} variable ${name} referenced before assignment`,
    scope === 'local' ? `an assignment in this function makes '${name}' local to it` : null,
  );
}

/** Raises: fields cannot be assigned. */
export function immutableField(object: Value, name: string): never {
  throw new EvalError(`can't assign to .${name} field of ${typeName(object)}`, 'fields do not change; make a new value');
}
