import { StarlarkDict } from './dict.ts';
import { StarlarkSet } from './set.ts';
import { HostObject, StarlarkBytes, StarlarkFloat, StarlarkList, StarlarkRange, StarlarkTuple, type Value } from './values.ts';

/** Whether the value counts as true: not None, False, zero or empty. */
export function truth(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return value !== null && value !== 0 && value !== '';
  if (value instanceof StarlarkList || value instanceof StarlarkTuple) return value.items.length > 0;
  if (value instanceof StarlarkDict || value instanceof StarlarkSet) return value.size > 0;
  if (value instanceof StarlarkFloat) return value.value !== 0;
  if (value instanceof StarlarkRange) return value.length > 0;
  if (value instanceof StarlarkBytes) return value.bytes.length > 0;
  if (value instanceof HostObject) return value.truth();
  return true;
}
