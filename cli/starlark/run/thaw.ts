import { StarlarkDict } from './dict.ts';
import { StarlarkSet } from './set.ts';
import { StarlarkList, StarlarkTuple, type Value } from './values.ts';

/** A copy of a value that may be changed, however deep; what cannot change anyway is shared. A value that is reached twice stays one. */
export function thaw(value: Value, copies = new Map<object, Value>()): Value {
  if (value === null || typeof value !== 'object') return value;
  const known = copies.get(value);
  if (known !== undefined) return known;
  if (value instanceof StarlarkList) {
    const copy = new StarlarkList([]);
    copies.set(value, copy);
    for (const item of value.items) copy.items.push(thaw(item, copies));
    return copy;
  }
  if (value instanceof StarlarkDict) {
    const copy = new StarlarkDict();
    copies.set(value, copy);
    for (const [k, v] of value.entries()) copy.set(k, thaw(v, copies));
    return copy;
  }
  if (value instanceof StarlarkSet) return StarlarkSet.from(value.items());
  return value instanceof StarlarkTuple ? new StarlarkTuple(value.items.map((item) => thaw(item, copies))) : value;
}
