import { type Int, normalizeInt } from './arithmetic.ts';
import { EvalError } from './errors.ts';
import { work } from './limits.ts';
import { quote } from './quote.ts';
import { StarlarkFloat, type Value } from './values.ts';

/** The int of a float, its fraction cut off. */
export function truncateFloat(value: number): Int {
  if (!Number.isFinite(value)) throw new EvalError(`cannot convert float ${Number.isNaN(value) ? 'NaN' : 'infinity'} to integer`);
  const whole = Math.trunc(value) + 0;
  return Number.isSafeInteger(whole) ? whole : BigInt(whole);
}

const PREFIXES: Record<string, number> = { '0b': 2, '0o': 8, '0x': 16 };
const PREFIX_OF: Record<number, string> = { 2: '0b', 8: '0o', 16: '0x' };

/** int(text, base): base 0 reads the prefix, 2 to 36 allow their own prefix. Raises for anything that is not a number in that base. */
export function parseInt(text: string, base: number): Int {
  if (base !== 0 && (base < 2 || base > 36)) throw new EvalError(`invalid base ${base}: base must be 0 or from 2 to 36`);
  const shown = text.length > 60 ? `${quote(text.slice(0, 60))}… (${text.length} characters)` : quote(text);
  const invalid = new EvalError(`invalid literal with base ${base}: ${shown}`);
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  let digits = text.slice(sign.length).toLowerCase();
  const prefix = digits.slice(0, 2);
  let radix = base;
  if (base === 0) {
    radix = PREFIXES[prefix] ?? 10;
    if (radix === 10 && /^0\d/.test(digits) && !/^0+$/.test(digits)) throw invalid;
  }
  if (PREFIX_OF[radix] === prefix) digits = digits.slice(2);
  const value = parseDigits(digits, radix);
  if (value === null) throw invalid;
  return normalizeInt(sign === '-' ? -value : value);
}

function parseDigits(digits: string, radix: number): bigint | null {
  if (digits === '' || digits.length > 100_000) return null;
  const allowed = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
  for (const d of digits) if (!allowed.includes(d)) return null;
  work(digits.length);
  if (radix === 10) return BigInt(digits);
  const prefix = PREFIX_OF[radix];
  if (prefix !== undefined) return BigInt(prefix + digits);
  let value = 0n;
  for (const d of digits) value = value * BigInt(radix) + BigInt(allowed.indexOf(d));
  return value;
}

/** A JS integer from a value, for indexes and counts. `what` begins the message: "…: got float, want int". */
export function indexInt(value: Value, what: string, typeName: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return value > 0n ? Number.MAX_SAFE_INTEGER : -Number.MAX_SAFE_INTEGER;
  throw new EvalError(`${what}: got ${typeName}, want int`, value instanceof StarlarkFloat ? 'convert it with int(…)' : null);
}
