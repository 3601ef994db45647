import { Builtin } from './builtin.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { formatFloat } from './float-format.ts';
import { StarlarkFunction } from './function.ts';
import { checkStringLength, work } from './limits.ts';
import { quote } from './quote.ts';
import { StarlarkSet } from './set.ts';
import {
  HostObject,
  StarlarkBytes,
  StarlarkFloat,
  StarlarkList,
  StarlarkRange,
  StarlarkStruct,
  StarlarkTuple,
  type Value,
} from './values.ts';

/** How deep a value may nest when it is written out or compared. */
export const MAX_VALUE_DEPTH = 400;

/** What str(v) gives: the text itself for strings, the notation of the language otherwise. */
export function str(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof StarlarkBytes) return new TextDecoder().decode(value.bytes);
  return repr(value);
}

/** The value in the notation of the language; `[...]` where it contains itself. */
export function repr(value: Value): string {
  return write(value, []);
}

function write(value: Value, within: Value[]): string {
  switch (typeof value) {
    case 'string':
      return quote(value);
    case 'number':
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? 'True' : 'False';
  }
  if (value === null) return 'None';
  if (value instanceof StarlarkFloat) return formatFloat(value.value);
  if (value instanceof StarlarkBytes) return `b${quote(Buffer.from(value.bytes).toString('latin1'), true)}`;
  if (value instanceof StarlarkRange) return writeRange(value);
  if (value instanceof StarlarkFunction) return `<function ${value.name}>`;
  if (value instanceof Builtin) return `<built-in function ${value.name}>`;
  if (value instanceof HostObject) return value.toStarlarkString();
  return writeContainer(value, within);
}

function writeContainer(value: StarlarkList | StarlarkTuple | StarlarkDict | StarlarkSet | StarlarkStruct, within: Value[]): string {
  const open = value instanceof StarlarkDict ? '{...}' : value instanceof StarlarkList ? '[...]' : '(...)';
  if (within.includes(value)) return open;
  if (within.length > MAX_VALUE_DEPTH) throw new EvalError(`the value nests more than ${MAX_VALUE_DEPTH} levels deep`);
  within.push(value);
  const all = (items: readonly Value[]): string => items.map((v) => write(v, within)).join(', ');
  let text: string;
  if (value instanceof StarlarkList) text = `[${all(value.items)}]`;
  else if (value instanceof StarlarkTuple) text = value.items.length === 1 ? `(${all(value.items)},)` : `(${all(value.items)})`;
  else if (value instanceof StarlarkDict) {
    text = `{${[...value.entries()].map(([k, v]) => `${write(k, within)}: ${write(v, within)}`).join(', ')}}`;
  } else if (value instanceof StarlarkSet) text = `set([${all(value.items())}])`;
  else text = `struct(${[...value.fields].map(([k, v]) => `${k} = ${write(v, within)}`).join(', ')})`;
  within.pop();
  work(256);
  checkStringLength(text.length);
  return text;
}

function writeRange(r: StarlarkRange): string {
  return r.step === 1 ? `range(${r.start}, ${r.stop})` : `range(${r.start}, ${r.stop}, ${r.step})`;
}
