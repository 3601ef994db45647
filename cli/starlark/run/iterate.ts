import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { checkItems, work } from './limits.ts';
import { StarlarkSet } from './set.ts';
import { typeName } from './type-name.ts';
import { HostObject, StarlarkList, StarlarkRange, StarlarkTuple, type Value } from './values.ts';

/** The elements of an iterable, or null. A list's own array is given: copy it before anything may change the list. */
export function elementsOf(value: Value): readonly Value[] | null {
  if (value instanceof StarlarkList || value instanceof StarlarkTuple) {
    if (value.items.length > 64) work(value.items.length);
    return value.items;
  }
  if (value instanceof StarlarkDict) return value.keys();
  if (value instanceof StarlarkRange) checkItems(value.length);
  if (value instanceof StarlarkRange) return Array.from({ length: value.length }, (_, i) => value.start + i * value.step);
  if (value instanceof StarlarkSet) return value.items();
  if (value instanceof HostObject) return value.elements();
  return null;
}

/** The elements of an iterable; raises for anything else. `who` begins the message. */
export function iterate(value: Value, who: string | null = null): readonly Value[] {
  const items = elementsOf(value);
  if (items !== null) return items;
  const hint = typeof value === 'string' ? 'a string is not iterable: use s.elems() for its characters' : null;
  const type = typeName(value);
  throw new EvalError(
    who === null ? `${type} value is not iterable` : `${who}: got ${type}, want iterable (${type} value is not iterable)`,
    hint,
  );
}

/** len(v), or null for values without a length. */
export function lengthOf(value: Value): number | null {
  if (typeof value === 'string') return value.length;
  if (value === null || typeof value !== 'object') return null;
  if (value instanceof StarlarkList || value instanceof StarlarkTuple) return value.items.length;
  if (value instanceof StarlarkDict || value instanceof StarlarkSet) return value.size;
  if (value instanceof StarlarkRange) return value.length;
  if ('bytes' in value) return value.bytes.length;
  return value instanceof HostObject ? (value.elements()?.length ?? null) : null;
}
