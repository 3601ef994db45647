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
  if (value instanceof StarlarkTuple) return encodeItems('\0(', value);
  if (value instanceof StarlarkStruct || value instanceof StarlarkBytes) return `\0t${encode(value)}`;
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

/** Codes of small ints, and beginnings of codes of short strings, by number and length: most keys need no others. */
const SMALL = 256;
const INT_CODES = Array.from({ length: SMALL }, (_, i) => `${i};`);
const STRING_CODES = Array.from({ length: SMALL }, (_, length) => `s${length}:`);

/** The codes of a tuple's elements after `text`. No code begins another, so that together they are unique. */
function encodeItems(text: string, { items }: StarlarkTuple): string {
  work(32);
  for (let i = 0; i < items.length; i++) text += encode(items[i] as Value);
  if (text.length > 256) checkStringLength(text.length);
  return text;
}

function encode(value: Value): string {
  if (typeof value === 'string') return (value.length < SMALL ? (STRING_CODES[value.length] as string) : `s${value.length}:`) + value;
  if (typeof value === 'number' && value >= 0 && value < SMALL) return INT_CODES[value] as string;
  if (value instanceof StarlarkTuple) return `${encodeItems('(', value)})`;
  if (value instanceof StarlarkStruct)
    return `{${[...value.fields]
      .map(([k, v]) => encode(k) + encode(v))
      .sort()
      .join('')}}`;
  if (value instanceof StarlarkBytes) return `b${value.bytes.length}:${Buffer.from(value.bytes).toString('latin1')}`;
  const key = keyOf(value);
  if (typeof key === 'object' && key !== null) return `o${identity(key)};`;
  return typeof key === 'number' || typeof key === 'bigint' ? `${key === 0 ? 0 : key};` : `${key};`;
}
