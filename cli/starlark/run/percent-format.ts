import { isInt } from './arithmetic.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { exponent, formatFloat } from './float-format.ts';
import { truncateFloat } from './integers.ts';
import { checkStringLength } from './limits.ts';
import { repr, str } from './repr.ts';
import { typeName } from './type-name.ts';
import { StarlarkFloat, StarlarkTuple, type Value } from './values.ts';

/** A conversion of a format, after the text before it; `key` for %(key)s. The last part has no conversion. */
interface Part {
  readonly text: string;
  readonly conversion: string | null;
  readonly key: string | null;
}

/** Formats are few and used again and again. */
const KNOWN = new Map<string, readonly Part[]>();
const MAX_KNOWN = 500;

function partsOf(format: string): readonly Part[] {
  const known = KNOWN.get(format);
  if (known !== undefined) return known;
  const parts: Part[] = [];
  let text = '';
  let end = 0;
  for (const match of format.matchAll(/%(?:\(([^)]*)\))?([\s\S]?)/g)) {
    const [whole, key = null, conversion = ''] = match;
    text += format.slice(end, match.index);
    end = match.index + whole.length;
    if (conversion === '') throw new EvalError('incomplete format: it ends with %', 'a percent sign is written %%');
    if (conversion === '%') text += '%';
    else {
      parts.push({ text, conversion, key });
      text = '';
    }
  }
  parts.push({ text: text + format.slice(end), conversion: null, key: null });
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear();
  KNOWN.set(format, parts);
  return parts;
}

/** `format % args`. Conversions: %s %r %d %i %o %x %X %e %E %f %F %g %G %c, and %(key)s with a dict. */
export function percentFormat(format: string, args: Value): string {
  const operands = args instanceof StarlarkTuple ? args.items : [args];
  let used = 0;
  let keyed = false;
  let text = '';
  for (const part of partsOf(format)) {
    text += part.text;
    if (part.conversion === null) break;
    if (part.key !== null) keyed = true;
    const operand = part.key === null ? operands[used++] : entryOf(args, part.key, part.conversion);
    if (operand === undefined) throw new EvalError('not enough arguments for format string');
    text += convert(part.conversion, operand);
  }
  if (!keyed && used < operands.length && !(args instanceof StarlarkDict)) {
    throw new EvalError('too many arguments for format string: not all arguments converted');
  }
  checkStringLength(text.length);
  return text;
}

function entryOf(args: Value, key: string, conversion: string): Value {
  if (!(args instanceof StarlarkDict)) throw new EvalError(`format requires a mapping for %(${key})${conversion}`);
  const value = args.get(key);
  if (value === undefined) throw new EvalError(`key ${JSON.stringify(key)} not found by the format`);
  return value;
}

function convert(conversion: string, value: Value): string {
  switch (conversion) {
    case 's':
      return str(value);
    case 'r':
      return repr(value);
    case 'd':
    case 'i':
      return integer(value, conversion).toString();
    case 'o':
      return integer(value, conversion).toString(8);
    case 'x':
      return integer(value, conversion).toString(16);
    case 'X':
      return integer(value, conversion).toString(16).toUpperCase();
    case 'c':
      return character(value);
    case 'e':
    case 'f':
    case 'g':
      return floating(conversion, value);
    case 'E':
    case 'F':
    case 'G':
      return floating(conversion.toLowerCase(), value).toUpperCase();
    default:
      throw new EvalError(`unknown conversion %${conversion}`, 'a percent sign is written %%');
  }
}

function integer(value: Value, conversion: string): number | bigint {
  if (isInt(value)) return value;
  if (value instanceof StarlarkFloat) return truncateFloat(value.value);
  throw new EvalError(`%${conversion} format requires an integer: got ${typeName(value)}`);
}

function character(value: Value): string {
  if (typeof value === 'string' && [...value].length === 1) return value;
  if (typeof value === 'number' && value >= 0 && value <= 0x10ffff) return String.fromCodePoint(value);
  throw new EvalError(`%c format requires a single-character string or a code point, got ${repr(value)}`);
}

function floating(conversion: string, value: Value): string {
  const x = value instanceof StarlarkFloat ? value.value : isInt(value) ? Number(value) : null;
  if (x === null) throw new EvalError(`%${conversion} format requires a float: got ${typeName(value)}`);
  if (!Number.isFinite(x)) return formatFloat(x);
  if (conversion === 'e') return (Object.is(x, -0) ? '-' : '') + exponent(x.toExponential(6));
  return conversion === 'f' ? fixed(x) : formatFloat(x);
}

function fixed(x: number): string {
  const sign = Object.is(x, -0) ? '-' : '';
  return Math.abs(x) < 1e21 ? sign + x.toFixed(6) : `${BigInt(x)}.000000`;
}
