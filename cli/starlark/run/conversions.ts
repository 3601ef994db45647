import { type Int, isInt, toFloat, normalizeInt } from './arithmetic.ts';
import { wantString } from './arguments.ts';
import { Builtin } from './builtin.ts';
import { EvalError } from './errors.ts';
import { parseInt, truncateFloat } from './integers.ts';
import { iterate } from './iterate.ts';
import { builtin } from './method.ts';
import { quote } from './quote.ts';
import { repr, str } from './repr.ts';
import { truth } from './truth.ts';
import { typeName } from './type-name.ts';
import { StarlarkBytes, StarlarkFloat, type Value } from './values.ts';

/** Builtins that make a number, a string or a bool of something else. */
export const CONVERSIONS: readonly Builtin[] = [
  builtin('abs(x)', (_, [x]) => abs(x as Value)),
  builtin('bool(x?)', (_, [x]) => x !== undefined && truth(x)),
  builtin('bytes(x)', (_, [x]) => toBytes(x as Value)),
  builtin('chr(i)', (_, [i]) => chr(i as Value)),
  builtin('float(x?)', (_, [x]) => toFloatValue(x ?? 0)),
  builtin('hash(x)', (_, [x]) => hash(x as Value)),
  builtin('int(x, base?)', (_, [x, base]) => toInt(x as Value, base)),
  builtin('ord(s)', (_, [s]) => ord(s as Value)),
  builtin('repr(x)', (_, [x]) => repr(x as Value)),
  builtin('str(x)', (_, [x]) => str(x as Value)),
];

function abs(x: Value): Value {
  if (x instanceof StarlarkFloat) return new StarlarkFloat(Math.abs(x.value));
  if (!isInt(x)) throw new EvalError(`abs: got ${typeName(x)}, want int or float`);
  return x < 0 ? normalizeInt(-BigInt(x)) : x;
}

function toBytes(x: Value): StarlarkBytes {
  if (x instanceof StarlarkBytes) return x;
  if (typeof x === 'string') return new StarlarkBytes(Buffer.from(x, 'utf8'));
  return new StarlarkBytes(
    Uint8Array.from(iterate(x, 'bytes'), (v) => {
      if (typeof v === 'number' && v >= 0 && v <= 255) return v;
      throw new EvalError(`bytes: got ${repr(v)}, want an int from 0 to 255`);
    }),
  );
}

function chr(i: Value): string {
  if (!isInt(i)) throw new EvalError(`chr: got ${typeName(i)}, want int`);
  if (i < 0 || i > 0x10ffff) throw new EvalError(`chr: Unicode code point ${i} out of range (0 to 0x10FFFF)`);
  return String.fromCodePoint(Number(i));
}

function ord(s: Value): number {
  if (s instanceof StarlarkBytes && s.bytes.length === 1) return s.bytes[0] as number;
  const points = [...wantString(s, 'ord')];
  if (points.length !== 1) throw new EvalError(`ord: string encodes ${points.length} Unicode code points, want 1`);
  return points[0]?.codePointAt(0) ?? 0;
}

const FLOAT = /^[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)$/i;
const NAMED_FLOATS: Record<string, number> = { inf: Number.POSITIVE_INFINITY, infinity: Number.POSITIVE_INFINITY, nan: Number.NaN };

function toFloatValue(x: Value): StarlarkFloat {
  if (x instanceof StarlarkFloat) return x;
  if (isInt(x)) return new StarlarkFloat(toFloat(x));
  if (typeof x === 'boolean') return new StarlarkFloat(Number(x));
  if (typeof x !== 'string') throw new EvalError(`float: got ${typeName(x)}, want number or string`);
  const [, sign = '', rest = ''] = /^([+-]?)([\s\S]*)$/.exec(x.toLowerCase()) ?? [];
  const special = NAMED_FLOATS[rest];
  if (special !== undefined) return new StarlarkFloat(sign === '-' ? -special : special);
  if (!FLOAT.test(x)) throw new EvalError(`float: invalid float literal: ${quote(x)}`);
  const value = Number(x);
  if (!Number.isFinite(value)) throw new EvalError(`float: floating-point number too large: ${quote(x)}`);
  return new StarlarkFloat(value);
}

function toInt(x: Value, base: Value | undefined): Int {
  if (typeof x === 'string') {
    if (base !== undefined && typeof base !== 'number') throw new EvalError(`int: base: got ${typeName(base)}, want int`);
    return parseInt(x, base ?? 10);
  }
  if (base !== undefined) throw new EvalError("int: can't convert non-string with explicit base");
  if (isInt(x)) return x;
  if (typeof x === 'boolean') return Number(x);
  if (x instanceof StarlarkFloat) return truncateFloat(x.value);
  throw new EvalError(`int: cannot convert ${x === null ? 'None' : typeName(x)} to int`);
}

/** Java's hash of a string's UTF-16 units; FNV-1a of bytes. */
function hash(x: Value): number {
  if (typeof x === 'string') {
    let h = 0;
    for (let i = 0; i < x.length; i++) h = (Math.imul(h, 31) + x.charCodeAt(i)) | 0;
    return h;
  }
  if (!(x instanceof StarlarkBytes)) throw new EvalError(`hash: got ${typeName(x)}, want string or bytes`);
  let h = 0x811c9dc5;
  for (const b of x.bytes) h = Math.imul(h ^ b, 0x01000193);
  return h >>> 0;
}
