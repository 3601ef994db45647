import { EvalError } from './errors.ts';
import { elementsOf } from './iterate.ts';
import { typeName } from './type-name.ts';
import type { Value } from './values.ts';

/** The elements of a value that is assigned to `want` targets at once. */
export function unpack(value: Value, want: number): readonly Value[] {
  const items = elementsOf(value);
  if (items === null) throw new EvalError(`got ${typeName(value)} in sequence assignment: it is not iterable`);
  if (items.length === want) return items;
  throw new EvalError(`too ${items.length > want ? 'many' : 'few'} values to unpack (got ${items.length}, want ${want})`);
}
