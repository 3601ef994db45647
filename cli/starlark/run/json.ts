import { isInt } from './arithmetic.ts';
import { compareStrings } from './compare.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { formatFloat } from './float-format.ts';
import { elementsOf } from './iterate.ts';
import { JsonReader } from './json-reader.ts';
import { MAX_VALUE_DEPTH } from './repr.ts';
import { typeName } from './type-name.ts';
import { StarlarkFloat, StarlarkStruct, type Value } from './values.ts';

/**
 * Reads JSON without loss: ints of any size, floats apart from ints, objects as dicts (the last of equal keys wins). Raises with the
 * offset.
 */
export function fromJson(text: string): Value {
  return new JsonReader(text).document();
}

/** Writes a value as compact JSON: dicts (string keys, sorted), structs, iterables, numbers, strings, bools, None. Raises for others. */
export function toJson(value: Value): string {
  return write(value, 0);
}

function write(value: Value, depth: number): string {
  if (depth > MAX_VALUE_DEPTH) throw new EvalError('json: the value nests too deep, or contains itself');
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'boolean' || isInt(value)) return String(value);
  if (value instanceof StarlarkFloat) {
    if (!Number.isFinite(value.value)) throw new EvalError(`json: cannot encode non-finite float ${formatFloat(value.value)}`);
    return formatFloat(value.value);
  }
  if (value instanceof StarlarkDict) return writeObject([...value.entries()], depth);
  if (value instanceof StarlarkStruct) return writeObject([...value.fields], depth);
  const items = elementsOf(value);
  if (items === null) throw new EvalError(`json: cannot encode ${typeName(value)} as JSON`);
  return `[${items.map((v) => write(v, depth + 1)).join(',')}]`;
}

function writeObject(entries: readonly (readonly [Value, Value])[], depth: number): string {
  const fields = entries.map(([key, value]): [string, Value] => {
    if (typeof key !== 'string') throw new EvalError(`json: dict has ${typeName(key)} key, want string`);
    return [key, value];
  });
  fields.sort((a, b) => compareStrings(a[0], b[0]));
  return `{${fields.map(([k, v]) => `${JSON.stringify(k)}:${write(v, depth + 1)}`).join(',')}}`;
}
