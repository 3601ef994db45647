import { StarlarkDict } from './dict.ts';
import { StarlarkFunction } from './function.ts';
import { HostObject, Mutable, StarlarkList, StarlarkStruct, StarlarkTuple, type Value } from './values.ts';

/** Makes the value and everything reachable from it immutable. */
export function freeze(root: Value): void {
  const pending: Value[] = [root];
  const seen = new Set<object>();
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (value === null || typeof value !== 'object' || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Mutable) {
      if (value.frozen) continue;
      value.frozen = true;
    }
    if (value instanceof StarlarkList || value instanceof StarlarkTuple) for (const v of value.items) pending.push(v);
    else if (value instanceof StarlarkDict) for (const [k, v] of value.entries()) pending.push(k, v);
    else if (value instanceof StarlarkStruct) pending.push(...value.fields.values());
    else if (value instanceof StarlarkFunction) {
      for (const v of [...value.defaults, ...value.captured.map((c) => c.value)]) if (v !== undefined) pending.push(v);
    } else if (value instanceof HostObject) value.freeze();
  }
}
