import { StarlarkDict, StarlarkFloat, StarlarkList, StarlarkSet, StarlarkTuple, type Value } from '../starlark/index.ts';
import type { Context } from './context.ts';
import { constantOf, type Symbolic } from './symbolic.ts';

/** A value from outside the predicate, as it is now. One that could still change makes the predicate impure. */
export function captured(value: Value, name: string, c: Context): Symbolic {
  return isMutable(value) ? c.impure(`${name} can still change`) : constantOf(value);
}

function isMutable(value: Value, depth = 0): boolean {
  if (value === null || typeof value !== 'object' || value instanceof StarlarkFloat) return false;
  if (value instanceof StarlarkList || value instanceof StarlarkDict || value instanceof StarlarkSet) return !value.frozen;
  return value instanceof StarlarkTuple && depth < 8 && value.items.some((v) => isMutable(v, depth + 1));
}
