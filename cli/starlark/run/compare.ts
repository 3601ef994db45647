import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { work, workOnString } from './limits.ts';
import { StarlarkSet } from './set.ts';
import { MAX_VALUE_DEPTH } from './repr.ts';
import { typeName } from './type-name.ts';
import { StarlarkBytes, StarlarkFloat, StarlarkList, StarlarkRange, StarlarkStruct, StarlarkTuple, type Value } from './values.ts';

/** Whether x == y. Numbers compare by exact value; NaN equals itself; other types differ. */
export function equals(x: Value, y: Value, depth = 0): boolean {
  if (typeof x === 'string' && x.length > 4096) workOnString(x.length);
  if (x === y) return true;
  if (typeof x !== 'object' || x === null) return y instanceof StarlarkFloat && isInt(x) && sameNumber(y.value, x);
  if (typeof y !== 'object' || y === null) return x instanceof StarlarkFloat && isInt(y) && sameNumber(x.value, y);
  if (depth > MAX_VALUE_DEPTH) throw new EvalError('comparison exceeded maximum recursion depth');
  if (x instanceof StarlarkFloat) {
    return y instanceof StarlarkFloat && (x.value === y.value || (Number.isNaN(x.value) && Number.isNaN(y.value)));
  }
  if (x instanceof StarlarkList) return y instanceof StarlarkList && sameItems(x.items, y.items, depth);
  if (x instanceof StarlarkTuple) return y instanceof StarlarkTuple && sameItems(x.items, y.items, depth);
  if (x instanceof StarlarkDict) return y instanceof StarlarkDict && sameDicts(x, y, depth);
  if (x instanceof StarlarkSet) return y instanceof StarlarkSet && x.size === y.size && x.items().every((i) => y.has(i));
  if (x instanceof StarlarkBytes) return y instanceof StarlarkBytes && Buffer.compare(x.bytes, y.bytes) === 0;
  if (x instanceof StarlarkRange) return y instanceof StarlarkRange && sameRanges(x, y);
  if (x instanceof StarlarkStruct) return y instanceof StarlarkStruct && sameStructs(x, y, depth);
  return false;
}

/** JS compares a bigint with a number by exact value. */
function sameNumber(float: number, int: number | bigint): boolean {
  return float == int;
}

function isInt(x: Value): x is number | bigint {
  return typeof x === 'number' || typeof x === 'bigint';
}

function sameItems(x: readonly Value[], y: readonly Value[], depth: number): boolean {
  if (x.length !== y.length) return false;
  if (depth > 2 || x.length > 64) work(x.length + 16);
  for (let i = 0; i < x.length; i++) if (!equals(x[i] as Value, y[i] as Value, depth + 1)) return false;
  return true;
}

function sameDicts(x: StarlarkDict, y: StarlarkDict, depth: number): boolean {
  if (x.size !== y.size) return false;
  for (const { key, value } of x.records()) {
    const other = y.get(key);
    if (other === undefined || !equals(value, other, depth + 1)) return false;
  }
  return true;
}

function sameRanges(x: StarlarkRange, y: StarlarkRange): boolean {
  return x.length === y.length && (x.length === 0 || (x.start === y.start && (x.length === 1 || x.step === y.step)));
}

function sameStructs(x: StarlarkStruct, y: StarlarkStruct, depth: number): boolean {
  if (x.fields.size !== y.fields.size) return false;
  return [...x.fields].every(([k, v]) => {
    const other = y.fields.get(k);
    return other !== undefined && equals(v, other, depth + 1);
  });
}

/** Orders two values: negative, zero or positive. Raises for values that have no order. NaN is greater than every number. */
export function compare(x: Value, y: Value, op = '<', depth = 0): number {
  if (typeof x === 'string' && typeof y === 'string') return compareStrings(x, y);
  if (isNumber(x) && isNumber(y)) return compareNumbers(x instanceof StarlarkFloat ? x.value : x, y instanceof StarlarkFloat ? y.value : y);
  if (typeof x === 'boolean' && typeof y === 'boolean') return Number(x) - Number(y);
  if (depth > MAX_VALUE_DEPTH) throw new EvalError('comparison exceeded maximum recursion depth');
  if (x instanceof StarlarkBytes && y instanceof StarlarkBytes) return Buffer.compare(x.bytes, y.bytes);
  if (x instanceof StarlarkList && y instanceof StarlarkList) return compareItems(x.items, y.items, op, depth);
  if (x instanceof StarlarkTuple && y instanceof StarlarkTuple) return compareItems(x.items, y.items, op, depth);
  if (x instanceof StarlarkSet && y instanceof StarlarkSet) return compareSets(x, y, op);
  throw new EvalError(`unsupported comparison: ${typeName(x)} ${op} ${typeName(y)} is not implemented`);
}

/** Sets are ordered by inclusion, which is partial: the result answers `op` only (and two sets that no order relates answer no). */
function compareSets(x: StarlarkSet, y: StarlarkSet, op: string): number {
  const [small, large] = op.startsWith('<') ? [x, y] : [y, x];
  const order = op.startsWith('<') ? -1 : 1;
  if (!small.items().every((i) => large.has(i))) return -order;
  return small.size === large.size ? 0 : order;
}

function isNumber(x: Value): x is number | bigint | StarlarkFloat {
  return isInt(x) || x instanceof StarlarkFloat;
}

function compareNumbers(x: number | bigint, y: number | bigint): number {
  if (x < y) return -1;
  if (x > y) return 1;
  return x == y ? 0 : Number(Number.isNaN(x)) - Number(Number.isNaN(y));
}

function compareItems(x: readonly Value[], y: readonly Value[], op: string, depth: number): number {
  const n = Math.min(x.length, y.length);
  work(n);
  for (let i = 0; i < n; i++) {
    const a = x[i] as Value;
    const b = y[i] as Value;
    if (!equals(a, b, depth + 1)) return compare(a, b, op, depth + 1);
  }
  return x.length - y.length;
}

/** By code point: UTF-16 order differs where surrogates meet units above them. */
export function compareStrings(x: string, y: string): number {
  if (x === y) return 0;
  const n = Math.min(x.length, y.length);
  workOnString(n);
  for (let i = 0; i < n; i++) {
    const a = x.charCodeAt(i);
    const b = y.charCodeAt(i);
    if (a !== b) return rank(a) - rank(b);
  }
  return x.length - y.length;
}

function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
