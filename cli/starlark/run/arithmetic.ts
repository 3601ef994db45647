import { EvalError } from './errors.ts';
import { checkIntBits } from './limits.ts';
import { StarlarkFloat, type Value } from './values.ts';

export type Int = number | bigint;

/** The int in its one representation: a number when safe, a bigint otherwise. */
export function normalizeInt(x: bigint): Int {
  return x >= -9007199254740991n && x <= 9007199254740991n ? Number(x) : x;
}

export function isInt(x: Value): x is Int {
  return typeof x === 'number' || typeof x === 'bigint';
}

/** An arithmetic operator on two ints. */
export function intBinary(op: string, x: Int, y: Int): Value {
  if (typeof x === 'number' && typeof y === 'number') {
    const fast = smallBinary(op, x, y);
    if (fast !== null) return fast;
  }
  return normalizeInt(bigBinary(op, BigInt(x), BigInt(y)));
}

function smallBinary(op: string, x: number, y: number): number | null {
  let r: number;
  switch (op) {
    case '+':
      r = x + y;
      break;
    case '-':
      r = x - y;
      break;
    case '*':
      r = x * y + 0;
      break;
    case '//':
      r = y === 0 ? Number.NaN : Math.floor(x / y) + 0;
      break;
    case '%':
      r = y === 0 ? Number.NaN : (((x % y) + y) % y) + 0;
      break;
    default:
      return smallBits(op, x, y);
  }
  if (op === '//' && Math.abs(x) > 2 ** 52) return null;
  if (op === '%' && Math.abs(x) + Math.abs(y) > 2 ** 52) return null;
  return Number.isSafeInteger(r) ? r : null;
}

function smallBits(op: string, x: number, y: number): number | null {
  if ((x | 0) !== x || (y | 0) !== y) return null;
  switch (op) {
    case '&':
      return x & y;
    case '|':
      return x | y;
    case '^':
      return x ^ y;
    case '>>':
      return y < 0 ? null : y > 31 ? x >> 31 : x >> y;
    default:
      return null;
  }
}

function bigBinary(op: string, x: bigint, y: bigint): bigint {
  switch (op) {
    case '+':
      return x + y;
    case '-':
      return x - y;
    case '*':
      checkIntBits(bits(x) + bits(y));
      return x * y;
    case '//':
      return floorDivide(x, y);
    case '%':
      return x - floorDivide(x, y) * y;
    case '&':
      return x & y;
    case '|':
      return x | y;
    case '^':
      return x ^ y;
    default:
      return shift(op, x, y);
  }
}

function bits(x: bigint): number {
  return x > -(1n << 64n) && x < 1n << 64n ? 64 : x.toString(16).length * 4;
}

function floorDivide(x: bigint, y: bigint): bigint {
  if (y === 0n) throw new EvalError('integer division by zero');
  const q = x / y;
  return x % y !== 0n && x < 0n !== y < 0n ? q - 1n : q;
}

function shift(op: string, x: bigint, y: bigint): bigint {
  if (y < 0n) throw new EvalError(`negative shift count: ${y}`);
  if (op === '>>') return y > 1_000_000n ? (x < 0n ? -1n : 0n) : x >> y;
  if (y > 511n) throw new EvalError(`shift count too large: ${y}`);
  return x << y;
}

/** The nearest float of an int; raises when there is none. */
export function toFloat(x: Int): number {
  const value = Number(x);
  if (!Number.isFinite(value)) throw new EvalError('int too large to convert to float');
  return value;
}

/** An arithmetic operator where at least one side is a float. */
export function floatBinary(op: string, x: number, y: number): Value | undefined {
  switch (op) {
    case '+':
      return new StarlarkFloat(x + y);
    case '-':
      return new StarlarkFloat(x - y);
    case '*':
      return new StarlarkFloat(x * y);
    case '/':
      if (y === 0) throw new EvalError('floating-point division by zero');
      return new StarlarkFloat(x / y);
    case '//':
      if (y === 0) throw new EvalError('floored division by zero');
      return new StarlarkFloat(Math.floor(x / y));
    case '%':
      if (y === 0) throw new EvalError('floating-point modulo by zero');
      return new StarlarkFloat(floatModulo(x, y));
    default:
      return undefined;
  }
}

function floatModulo(x: number, y: number): number {
  const r = x % y;
  return r !== 0 && r < 0 !== y < 0 ? r + y : r;
}
