import { compare, equals, EvalError, StarlarkDict, StarlarkFloat, StarlarkList, StarlarkTuple, type Value } from '../starlark/index.ts';
import { both, constant, decided, EITHER, type Outcomes, RAISES, UNKNOWN } from './formula.ts';
import type { Context } from './context.ts';
import type { Parameters } from './parameters.ts';
import { sizeOf, sortOf } from './shape-sort.ts';
import { constantOf, outcomesOf, type Shape, type Symbolic } from './symbolic.ts';

/** `a == b`. */
export function equalShapes(a: Shape, b: Shape, c: Context): Outcomes {
  if (isUnknown(a) || isUnknown(b)) return UNKNOWN;
  if (a.kind === 'constant' && b.kind === 'constant') return decided(constant(equals(a.value, b.value)));
  if (a.kind === 'opaque') return equalOpaque(a, b);
  if (b.kind === 'opaque') return equalOpaque(b, a);
  const sort = sortOf(a);
  const other = sortOf(b);
  if (sort === 'key' || other === 'key') return equalKey(a, b, c);
  if (sort !== other) return decided('0');
  if (sort === 'list' || sort === 'tuple' || sort === 'dict') return equalContainers(a, b, c);
  if (a.kind === 'some' || b.kind === 'some') return EITHER;
  if (sort === 'number') return compareNumbers(a, '=', b, c.params);
  return compareScalars(a, '=', b, c);
}

function isUnknown(shape: Shape): boolean {
  return shape.kind === 'unknown' || shape.kind === 'event' || shape.kind === 'raised';
}

function equalOpaque(opaque: Extract<Shape, { kind: 'opaque' }>, other: Shape): Outcomes {
  if (other.kind === 'opaque') return other.others === opaque.others ? decided('1') : EITHER;
  if (other.kind === 'constant' && typeof other.value === 'string') opaque.others.add(other.value);
  return other.kind === 'constant' || sortOf(other) !== 'string' ? decided('0') : EITHER;
}

/** A key that is no valid Unicode equals no constant string that SQL can hold. */
function equalKey(a: Shape, b: Shape, c: Context): Outcomes {
  const [key, other] = sortOf(a) === 'key' ? [a, b] : [b, a];
  const sort = sortOf(other);
  if (sort === 'key' || sort === 'other' || key.kind !== 'some') return EITHER;
  if (sort !== 'string') return decided('0');
  return other.kind === 'constant' && c.params.string(other.value as string) !== null ? decided('0') : EITHER;
}

/** Containers are compared with empty ones, and element by element where all elements are known. */
function equalContainers(a: Shape, b: Shape, c: Context): Outcomes {
  const x = itemsOf(a);
  const y = itemsOf(b);
  if (x !== null && y !== null) {
    if (x.length !== y.length) return decided('0');
    return x.map((v, i) => outcomesOf(v, (s) => outcomesOf(y[i] as Symbolic, (t) => equalShapes(s, t, c)))).reduce(both, decided('1'));
  }
  const [known, other] = isEmpty(a) ? [a, b] : [b, a];
  const size = isEmpty(known) ? sizeOf(other) : null;
  return size === null ? UNKNOWN : decided(`${size} = 0`);
}

function itemsOf(shape: Shape): readonly Symbolic[] | null {
  if (shape.kind === 'sequence') return shape.items;
  if (shape.kind !== 'constant') return null;
  return shape.value instanceof StarlarkList || shape.value instanceof StarlarkTuple ? shape.value.items.map(constantOf) : null;
}

function isEmpty(shape: Shape): boolean {
  return itemsOf(shape)?.length === 0 || (shape.kind === 'constant' && shape.value instanceof StarlarkDict && shape.value.size === 0);
}

function compareScalars(a: Shape, op: string, b: Shape, c: Context): Outcomes {
  const x = scalarSql(a, c.params);
  const y = scalarSql(b, c.params);
  return x === null || y === null ? EITHER : decided(`${x} ${op} ${y}`);
}

function scalarSql(shape: Shape, p: Parameters): string | null {
  switch (shape.kind) {
    case 'string':
    case 'int':
    case 'float':
      return shape.sql;
    case 'bool':
      return `(${shape.sql})`;
    case 'constant':
      if (typeof shape.value === 'string') return p.string(shape.value);
      return typeof shape.value === 'boolean' ? (shape.value ? 'true' : 'false') : p.number(shape.value);
    default:
      return null;
  }
}

/** Numbers compare by exact value; ints beyond 64 bits and infinities are decided here. */
function compareNumbers(a: Shape, op: string, b: Shape, p: Parameters): Outcomes {
  const wide = (s: Shape): boolean => s.kind === 'int' && s.bits > 64;
  const fractional = (s: Shape): boolean => s.kind === 'float' || (s.kind === 'constant' && s.value instanceof StarlarkFloat);
  if ((wide(a) && fractional(b)) || (wide(b) && fractional(a))) return EITHER;
  const x = scalarSql(a, p);
  const y = scalarSql(b, p);
  if (x !== null && y !== null) return decided(`${x} ${op} ${y}`);
  return op === '=' && !wide(a) && !wide(b) && !fractional(a) && !fractional(b) ? decided('0') : EITHER;
}

/** `a < b` and its kin; values without an order raise. */
export function orderShapes(a: Shape, op: '<' | '<=' | '>' | '>=', b: Shape, c: Context): Outcomes {
  if (isUnknown(a) || isUnknown(b)) return UNKNOWN;
  if (a.kind === 'constant' && b.kind === 'constant') return orderConstants(a.value, op, b.value);
  const sort = sortOf(a);
  const other = sortOf(b);
  if (sort === 'key' || other === 'key') return UNKNOWN;
  if (sort !== other) return sort === 'other' || other === 'other' ? UNKNOWN : RAISES;
  if (sort === 'none' || sort === 'dict') return RAISES;
  if (sort === 'list' || sort === 'tuple' || sort === 'other') return UNKNOWN;
  if (!hasSql(a) || !hasSql(b)) return EITHER;
  return sort === 'number' ? compareNumbers(a, op, b, c.params) : compareScalars(a, op, b, c);
}

function hasSql(shape: Shape): boolean {
  return shape.kind !== 'some' && shape.kind !== 'opaque';
}

function orderConstants(x: Value, op: string, y: Value): Outcomes {
  try {
    const c = compare(x, y);
    return decided(constant(op === '<' ? c < 0 : op === '<=' ? c <= 0 : op === '>' ? c > 0 : c >= 0));
  } catch (error) {
    if (error instanceof EvalError) return RAISES;
    throw error;
  }
}
