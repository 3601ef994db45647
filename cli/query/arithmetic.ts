import type { BinaryOp } from '../starlark/index.ts';
import type { Context } from './context.ts';
import { computeBinary } from './evaluate.ts';
import { always, mapCases, type Shape, type Symbolic, UNKNOWN_VALUE } from './symbolic.ts';

type IntShape = { readonly sql: string; readonly wide: boolean };

/** `+ - * // %` on ints, computed in Int256 so that nothing wraps; the rest is left to the interpreter. */
export function arithmeticOf(op: BinaryOp, left: Symbolic, right: Symbolic, c: Context): Symbolic {
  return mapCases(left, (x) => mapCases(right, (y) => {
    if (x.kind === 'constant' && y.kind === 'constant') return computeBinary(op, x.value, y.value);
    const a = intOf(x, c);
    const b = intOf(y, c);
    const sql = a === null || b === null || a.wide || b.wide ? null : intSql(op, a.sql, b.sql, y);
    if (sql !== null) return always({ kind: 'int', sql, wide: true });
    c.unknown(`the operator ${op} is left to the interpreter here`);
    return UNKNOWN_VALUE;
  }));
}

function intOf(shape: Shape, c: Context): IntShape | null {
  if (shape.kind === 'int') return shape;
  if (shape.kind !== 'constant' || (typeof shape.value !== 'number' && typeof shape.value !== 'bigint')) return null;
  const sql = c.params.int(shape.value);
  return sql === null ? null : { sql, wide: false };
}

function intSql(op: BinaryOp, a: string, b: string, divisor: Shape): string | null {
  const x = `toInt256(${a})`;
  const y = `toInt256(${b})`;
  if (op === '+' || op === '-' || op === '*') return `(${x} ${op} ${y})`;
  if (divisor.kind !== 'constant' || typeof divisor.value !== 'number' || divisor.value <= 0) return null;
  const remainder = `((${x} % ${y} + ${y}) % ${y})`;
  if (op === '%') return remainder;
  return op === '//' ? `intDiv(${x} - ${remainder}, ${y})` : null;
}

/** `-x`. */
export function negated(shape: Shape, c: Context): Symbolic {
  if (shape.kind === 'int' && !shape.wide) return always({ kind: 'int', sql: `(-toInt256(${shape.sql}))`, wide: true });
  c.unknown('a minus sign is left to the interpreter here');
  return UNKNOWN_VALUE;
}
