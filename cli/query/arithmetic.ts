import { StarlarkFloat, type BinaryOp } from '../starlark/index.ts';
import type { Context } from './context.ts';
import { computeBinary } from './evaluate.ts';
import { percentFormat } from './format.ts';
import { type Sort, sortOf } from './shape-sort.ts';
import { always, int, mapCases, RAISED, type Shape, some, someOrRaised, split, type Symbolic, text, UNKNOWN_VALUE } from './symbolic.ts';

/** Int256 holds what stays within. */
const MAX_BITS = 250;

type Operand = { readonly sql: string; readonly bits: number };

/** Any operator but comparisons: exact on numbers where SQL can be, and on strings that are put together; else by type. */
export function arithmeticOf(op: BinaryOp, left: Symbolic, right: Symbolic, c: Context): Symbolic {
  return mapCases(left, (x) => {
    if (op === '%' && x.kind === 'constant' && typeof x.value === 'string') return percentFormat(x.value, right, c);
    return mapCases(right, (y) => {
      if (x.kind === 'constant' && y.kind === 'constant') return computeBinary(op, x.value, y.value);
      return combine(op, x, y, c) ?? c.unknown(`the operator ${op} is left to the interpreter here`);
    });
  });
}

function combine(op: BinaryOp, x: Shape, y: Shape, c: Context): Symbolic | null {
  const a = sortOf(x);
  const b = sortOf(y);
  if ([a, b].some((s) => s === 'other' || s === 'key')) return null;
  if (a === 'number' && b === 'number') return numbers(op, x, y, c);
  if (op === '+' && a === b) return concatenation(a, x, y, c);
  if ((op === '*' && (a === 'number' || b === 'number') && (isSequence(a) || isSequence(b))) || (op === '%' && a === 'string')) return null;
  return op === '|' && a === 'dict' && b === 'dict' ? some('dict') : RAISED;
}

function isSequence(sort: Sort): boolean {
  return sort === 'string' || sort === 'list' || sort === 'tuple';
}

function concatenation(sort: Sort, x: Shape, y: Shape, c: Context): Symbolic {
  if (sort === 'list' || sort === 'tuple') return some(sort);
  return sort === 'string' ? joined(x, y, c) : RAISED;
}

/** Two strings, one behind the other. */
export function joined(x: Shape, y: Shape, c: Context): Symbolic {
  const sqlOf = (s: Shape): string | null => {
    if (s.kind === 'string') return s.sql;
    return s.kind === 'constant' && typeof s.value === 'string' ? c.params.string(s.value) : null;
  };
  if (x.kind === 'constant' && y.kind === 'constant') return computeBinary('+', x.value, y.value);
  const a = sqlOf(x);
  const b = sqlOf(y);
  if (a === null || b === null) return some('string');
  return always(text(`concat(${a}, ${b})`));
}

function numbers(op: BinaryOp, x: Shape, y: Shape, c: Context): Symbolic {
  const fractional = (s: Shape): boolean =>
    s.kind === 'float' || (s.kind === 'some' && s.type === 'float') || (s.kind === 'constant' && s.value instanceof StarlarkFloat);
  if (op === '/' || fractional(x) || fractional(y)) return floats(op, floatSql(x, c), floatSql(y, c));
  const a = operand(x, c);
  const b = operand(y, c);
  if (a === null || b === null) return op === '+' || op === '-' || op === '*' ? some('int') : someOrRaised('int');
  return ints(op, a, b, y);
}

function operand(shape: Shape, c: Context): Operand | null {
  if (shape.kind === 'int') return shape;
  if (shape.kind !== 'constant' || (typeof shape.value !== 'number' && typeof shape.value !== 'bigint')) return null;
  const sql = c.params.int(shape.value);
  return sql === null ? null : { sql, bits: 64 };
}

/** In Int256, so that nothing wraps. */
function ints(op: BinaryOp, a: Operand, b: Operand, right: Shape | null): Symbolic {
  const x = `toInt256(${a.sql})`;
  const y = `toInt256(${b.sql})`;
  const wider = Math.max(a.bits, b.bits) + 1;
  switch (op) {
    case '+':
    case '-':
      return bounded(`(${x} ${op} ${y})`, wider);
    case '*':
      return bounded(`(${x} * ${y})`, a.bits + b.bits + 1);
    case '&':
      return bounded(`bitAnd(${x}, ${y})`, wider);
    case '|':
      return bounded(`bitOr(${x}, ${y})`, wider);
    case '^':
      return bounded(`bitXor(${x}, ${y})`, wider);
    case '//':
    case '%':
      return divided(op, x, y, wider, right);
    default:
      return someOrRaised('int');
  }
}

function bounded(sql: string, bits: number): Symbolic {
  return bits > MAX_BITS ? some('int') : always(int(sql, bits));
}

/** The remainder has the sign of the divisor, and the quotient is rounded down. */
function divided(op: '//' | '%', x: string, y: string, bits: number, right: Shape | null): Symbolic {
  const known = right?.kind === 'constant';
  const divisor = known ? y : `if(${y} = 0, toInt256(1), ${y})`;
  if (known && right.value === 0) return RAISED;
  const remainder = `((${x} % ${divisor} + ${divisor}) % ${divisor})`;
  const result = bounded(op === '%' ? remainder : `intDiv(${x} - ${remainder}, ${divisor})`, bits + 1);
  return known ? result : split(`${y} = 0`, RAISED, result);
}

/** A number as a Float64; null when it is not known as one. */
function floatSql(shape: Shape, c: Context): string | null {
  if (shape.kind === 'float') return shape.sql;
  if (shape.kind === 'int') return shape.bits > 64 ? null : `toFloat64(${shape.sql})`;
  if (shape.kind !== 'constant') return null;
  const { value } = shape;
  if (value instanceof StarlarkFloat) return c.params.float(value.value);
  return typeof value === 'number' || typeof value === 'bigint' ? c.params.float(Number(value)) : null;
}

function floats(op: BinaryOp, x: string | null, y: string | null): Symbolic {
  const divides = op === '/' || op === '//' || op === '%';
  if (!divides && op !== '+' && op !== '-' && op !== '*') return RAISED;
  if (x === null || y === null) return divides ? someOrRaised('float') : some('float');
  const result = op === '%' ? some('float') : finite(op === '//' ? `floor(${x} / ${y})` : `(${x} ${op} ${y})`);
  return divides ? split(`${y} = 0`, RAISED, result) : result;
}

/** Infinite results are left to the interpreter. */
function finite(sql: string): Symbolic {
  return split(`isFinite(${sql})`, always({ kind: 'float', sql }), some('float'));
}

/** `-x`, `+x`, `~x`. */
export function signed(op: '-' | '+' | '~', shape: Shape, c: Context): Symbolic {
  const sort = sortOf(shape);
  if (sort === 'other' || sort === 'key') return UNKNOWN_VALUE;
  if (sort !== 'number') return RAISED;
  if (op === '+') return always(shape);
  if (shape.kind === 'int') return ints('-', { sql: op === '-' ? '0' : '-1', bits: 1 }, shape, null);
  if (shape.kind === 'float') return op === '-' ? always({ kind: 'float', sql: `(-${shape.sql})` }) : RAISED;
  if (shape.kind === 'some') return shape.type === 'float' && op === '~' ? RAISED : always(shape);
  return c.unknown(`the sign ${op} is left to the interpreter here`);
}

/** An int's or float's absolute value. */
export function absolute(shape: Shape): Symbolic | null {
  if (shape.kind === 'int') return always(int(`abs(toInt256(${shape.sql}))`, shape.bits + 1));
  if (shape.kind === 'float') return always({ kind: 'float', sql: `abs(${shape.sql})` });
  if (shape.kind === 'constant' && shape.value === null) return RAISED;
  return null;
}
