import { EvalError, StarlarkDict, StarlarkList, toJson, typeName, type Value } from '../../../starlark/index.ts';
import type { Param } from '../signature.ts';

export const valueParam: Param = { name: 'value', type: 'any', required: true, doc: 'a string, or a dict or list, sent as JSON' };

/** A message's value as text. */
export function messageValue(value: Value, owner: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof StarlarkDict || value instanceof StarlarkList) return toJson(value);
  throw new EvalError(`${owner}: value must be a string, a dict or a list, got ${typeName(value)}`);
}
