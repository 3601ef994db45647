import { EvalError } from './errors.ts';
import { typeName } from './type-name.ts';
import type { Mutable, Value } from './values.ts';

/** Raises unless the value may change now. `verb` completes "cannot … list". */
export function checkMutable(value: Mutable & Value, verb: string): void {
  if (value.frozen) {
    throw new EvalError(`cannot ${verb} frozen ${typeName(value)}`, 'values of a module do not change after it has loaded; make a copy');
  }
  if (value.iterators > 0) {
    throw new EvalError(`cannot ${verb} ${typeName(value)} during iteration`, 'iterate over a copy, or collect the changes first');
  }
}
