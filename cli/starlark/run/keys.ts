import { EvalError } from './errors.ts';
import { Builtin } from './builtin.ts';
import { StarlarkFunction } from './function.ts';
import { checkStringLength, work } from './limits.ts';
import { typeName } from './type-name.ts';
import { HostObject, StarlarkBytes, StarlarkFloat, StarlarkStruct, StarlarkTuple, type Value } from './values.ts';

/** A JS value that equals another exactly when the Starlark values do: 1 and 1.0 are one key, True is another. */
export type Key = null | boolean | number | bigint | string | object;

/** The key of a hashable value. Strings, which may not collide with encoded tuples, are escaped when they begin with NUL. */
export function keyOf(value: Value): Key {
  if (typeof value === 'string') return value.charCodeAt(0) === 0 ? `\0s${value}` : value;
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || typeof value === 'bigint') return value;
  if (value instanceof StarlarkFloat) return floatKey(value.value);
  if (value instanceof StarlarkTuple || value instanceof StarlarkStruct || value instanceof StarlarkBytes) return `\0t${encode(value)}`;
  if (value instanceof StarlarkFunction || value instanceof Builtin || value instanceof HostObject) return value;
  throw new EvalError(`unhashable type: ${typeName(value)}`, typeName(value) === 'list' ? 'use a tuple: tuple(list)' : null);
}

function floatKey(value: number): number | bigint {
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? BigInt(value) : value;
}

const identities = new WeakMap<object, number>();
let lastIdentity = 0;

function identity(value: object): number {
  const known = identities.get(value);
  if (known !== undefined) return known;
  identities.set(value, ++lastIdentity);
  return lastIdentity;
}

function encode(value: Value): string {
  if (typeof value === 'string') return `s${value.length}:${value}`;
  if (value instanceof StarlarkTuple) {
    work(32);
    let text = '(';
    for (const item of value.items) text += encode(item);
    if (text.length > 256) checkStringLength(text.length);
    return `${text})`;
  }
  if (value instanceof StarlarkStruct) return `{${[...value.fields].map(([k, v]) => encode(k) + encode(v)).sort().join('')}}`;
  if (value instanceof StarlarkBytes) return `b${value.bytes.length}:${Buffer.from(value.bytes).toString('latin1')}`;
  const key = keyOf(value);
  if (typeof key === 'object' && key !== null) return `o${identity(key)};`;
  return typeof key === 'number' || typeof key === 'bigint' ? `${key === 0 ? 0 : key};` : `${key};`;
}
