import type { BinaryOp, UnaryOp } from '../syntax/ast.ts';
import { floatBinary, type Int, intBinary, isInt, normalizeInt, toFloat } from './arithmetic.ts';
import { compare, equals } from './compare.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { checkItems, checkStringLength, workOnString } from './limits.ts';
import { percentFormat } from './percent-format.ts';
import { elementsOf } from './iterate.ts';
import { differenceOf, intersectionOf, symmetricDifferenceOf, unionOf } from './set-operations.ts';
import { StarlarkSet } from './set.ts';
import { truth } from './truth.ts';
import { typeName } from './type-name.ts';
import { StarlarkBytes, StarlarkFloat, StarlarkList, StarlarkRange, StarlarkTuple, type Value } from './values.ts';

/** Any binary operator but `and` and `or`. */
export function binary(op: BinaryOp, x: Value, y: Value): Value {
  switch (op) {
    case '==':
      return equals(x, y);
    case '!=':
      return !equals(x, y);
    case '<':
      return compare(x, y, op) < 0;
    case '<=':
      return compare(x, y, op) <= 0;
    case '>':
      return compare(x, y, op) > 0;
    case '>=':
      return compare(x, y, op) >= 0;
    case 'in':
      return contains(y, x);
    case 'not in':
      return !contains(y, x);
    default:
      return arithmetic(op, x, y);
  }
}

function arithmetic(op: BinaryOp, x: Value, y: Value): Value {
  let result: Value | undefined;
  if (isInt(x) && isInt(y)) result = op === '/' ? floatBinary(op, toFloat(x), toFloat(y)) : intBinary(op, x, y);
  else if (isNumber(x) && isNumber(y)) result = floatBinary(op, floatOf(x), floatOf(y));
  else if (op === '+') result = concatenate(x, y);
  else if (op === '*') result = repeated(x, y);
  else if (op === '%' && typeof x === 'string') result = percentFormat(x, y);
  else if (x instanceof StarlarkSet && y instanceof StarlarkSet) result = combineSets(op, x, y);
  else if (op === '|' && x instanceof StarlarkDict && y instanceof StarlarkDict) {
    result = StarlarkDict.from([...x.entries(), ...y.entries()]);
  }
  if (result === undefined) throw new EvalError(`unknown binary op: ${typeName(x)} ${op} ${typeName(y)}`, operandHint(op, x, y));
  return result;
}

function operandHint(op: string, x: Value, y: Value): string | null {
  if (op === '+' && (typeof x === 'string' || typeof y === 'string')) return 'convert the other operand with str(…)';
  return null;
}

function isNumber(x: Value): x is Int | StarlarkFloat {
  return isInt(x) || x instanceof StarlarkFloat;
}

function floatOf(x: Int | StarlarkFloat): number {
  return x instanceof StarlarkFloat ? x.value : toFloat(x);
}

function concatenate(x: Value, y: Value): Value | undefined {
  if (typeof x === 'string' && typeof y === 'string') {
    checkStringLength(x.length + y.length);
    return x + y;
  }
  if (x instanceof StarlarkList && y instanceof StarlarkList) {
    checkItems(x.items.length + y.items.length);
    return new StarlarkList(x.items.concat(y.items));
  }
  if (x instanceof StarlarkTuple && y instanceof StarlarkTuple) {
    checkItems(x.items.length + y.items.length);
    return new StarlarkTuple(x.items.concat(y.items));
  }
  if (!(x instanceof StarlarkBytes) || !(y instanceof StarlarkBytes)) return undefined;
  checkStringLength(x.bytes.length + y.bytes.length);
  return new StarlarkBytes(Buffer.concat([x.bytes, y.bytes]));
}

function repeated(x: Value, y: Value): Value | undefined {
  if (isInt(y)) return repeat(x, y);
  return isInt(x) ? repeat(y, x) : undefined;
}

function repeat(x: Value, times: Int): Value | undefined {
  const n = Math.max(0, Number(times));
  if (typeof x === 'string') {
    checkStringLength(x.length * n);
    return x.repeat(n);
  }
  if (x instanceof StarlarkBytes) {
    checkStringLength(x.bytes.length * n);
    return new StarlarkBytes(n === 0 ? new Uint8Array() : Buffer.alloc(x.bytes.length * n, x.bytes));
  }
  if (!(x instanceof StarlarkList) && !(x instanceof StarlarkTuple)) return undefined;
  checkItems(x.items.length * n);
  const items: Value[] = [];
  for (let i = 0; i < n && x.items.length > 0; i++) for (const item of x.items) items.push(item);
  return x instanceof StarlarkList ? new StarlarkList(items) : new StarlarkTuple(items);
}

function combineSets(op: string, x: StarlarkSet, y: StarlarkSet): Value | undefined {
  switch (op) {
    case '|':
      return unionOf(x, y.items());
    case '&':
      return intersectionOf(x, y.items());
    case '-':
      return differenceOf(x, y.items());
    case '^':
      return symmetricDifferenceOf(x, y.items());
    default:
      return undefined;
  }
}

/** `item in container`. */
export function contains(container: Value, item: Value): boolean {
  if (typeof container === 'string') {
    if (container.length > 1024) workOnString(container.length);
    if (typeof item === 'string') return container.includes(item);
    throw new EvalError(`'in <string>' requires string as left operand, not ${typeName(item)}`);
  }
  if (container instanceof StarlarkDict || container instanceof StarlarkSet) return container.has(item);
  if (container instanceof StarlarkRange) return inRange(container, item);
  if (container instanceof StarlarkBytes) {
    if (item instanceof StarlarkBytes) return Buffer.from(container.bytes).includes(Buffer.from(item.bytes));
    if (isInt(item) && item >= 0 && item <= 255) return container.bytes.includes(Number(item));
    throw new EvalError(`'in bytes' requires bytes or an int from 0 to 255 as left operand, not ${typeName(item)}`);
  }
  const items = elementsOf(container);
  if (items === null) throw new EvalError(`unknown binary op: ${typeName(item)} in ${typeName(container)}`);
  if (typeof item === 'string' || typeof item === 'boolean' || item === null) return items.includes(item);
  for (const other of items) if (other === item || (typeof other !== 'number' && equals(item, other))) return true;
  return item instanceof StarlarkFloat && items.some((other) => equals(item, other));
}

function inRange(r: StarlarkRange, item: Value): boolean {
  const x = item instanceof StarlarkFloat ? item.value : item;
  if (typeof x !== 'number') return false;
  const i = (x - r.start) / r.step;
  return Number.isInteger(i) && i >= 0 && i < r.length;
}

/** Any unary operator. */
export function unary(op: UnaryOp, x: Value): Value {
  if (op === 'not') return !truth(x);
  if (isInt(x)) {
    if (op === '+') return x;
    return op === '-' ? intBinary('-', 0, x) : normalizeInt(-BigInt(x) - 1n);
  }
  if (x instanceof StarlarkFloat && op !== '~') return op === '-' ? new StarlarkFloat(-x.value) : x;
  throw new EvalError(`unknown unary op: ${op}${typeName(x)}`);
}
