import {
  compare, equals, EvalError, StarlarkDict, StarlarkFloat, StarlarkList, StarlarkSet, StarlarkTuple, type Value,
} from '../starlark/index.ts';
import { and, constant, decided, EITHER, type Outcomes, RAISES, UNKNOWN } from './formula.ts';
import type { Parameters } from './parameters.ts';
import { json, type Shape } from './symbolic.ts';

/** The kind of thing a shape is, as far as equality and order go. */
type Sort = 'string' | 'number' | 'bool' | 'none' | 'list' | 'dict' | 'other';

function sortOf(shape: Shape): Sort {
  switch (shape.kind) {
    case 'constant': return sortOfValue(shape.value);
    case 'string': return 'string';
    case 'int': case 'float': return 'number';
    case 'bool': case 'list': case 'dict': return shape.kind;
    case 'some': return shape.type === 'string' ? 'string' : 'number';
    default: return 'other';
  }
}

function sortOfValue(value: Value): Sort {
  if (value === null) return 'none';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof StarlarkFloat) return 'number';
  return value instanceof StarlarkList ? 'list' : value instanceof StarlarkDict ? 'dict' : 'other';
}

/** `a == b`. */
export function equalShapes(a: Shape, b: Shape, p: Parameters): Outcomes {
  if (a.kind === 'unknown' || b.kind === 'unknown' || a.kind === 'event' || b.kind === 'event') return UNKNOWN;
  if (a.kind === 'constant' && b.kind === 'constant') return decided(constant(equals(a.value, b.value)));
  const sort = sortOf(a);
  if (sort !== sortOf(b)) return decided('0');
  if (a.kind === 'some' || b.kind === 'some') return EITHER;
  if (sort === 'number') return compareNumbers(a, '=', b, p);
  if (sort === 'list' || sort === 'dict') return equalContainers(a, b);
  const x = scalarSql(a, p);
  const y = scalarSql(b, p);
  return x === null || y === null ? UNKNOWN : decided(`${x} = ${y}`);
}

/** Containers are only compared with empty ones. */
function equalContainers(a: Shape, b: Shape): Outcomes {
  const [known, other] = a.kind === 'constant' ? [a, b] : [b, a];
  if (known.kind !== 'constant' || (other.kind !== 'list' && other.kind !== 'dict')) return UNKNOWN;
  const size = known.value instanceof StarlarkList ? known.value.items.length : known.value instanceof StarlarkDict ? known.value.size : -1;
  return size === 0 ? decided(`${json('JSONLength', other.path)} = 0`) : UNKNOWN;
}

function scalarSql(shape: Shape, p: Parameters): string | null {
  switch (shape.kind) {
    case 'string': return shape.sql;
    case 'int': case 'float': return shape.sql;
    case 'bool': return `(${shape.sql})`;
    case 'constant':
      if (typeof shape.value === 'string') return p.string(shape.value);
      return typeof shape.value === 'boolean' ? (shape.value ? 'true' : 'false') : p.number(shape.value);
    default: return null;
  }
}

/** Numbers compare by exact value; ints beyond 64 bits and infinities are decided here. */
function compareNumbers(a: Shape, op: string, b: Shape, p: Parameters): Outcomes {
  const wide = (s: Shape): boolean => s.kind === 'int' && s.wide;
  const fractional = (s: Shape): boolean => s.kind === 'float' || (s.kind === 'constant' && s.value instanceof StarlarkFloat);
  if ((wide(a) && fractional(b)) || (wide(b) && fractional(a))) return UNKNOWN;
  const x = scalarSql(a, p);
  const y = scalarSql(b, p);
  if (x !== null && y !== null) return decided(`${x} ${op} ${y}`);
  return op === '=' && !wide(a) && !wide(b) && !fractional(a) && !fractional(b) ? decided('0') : UNKNOWN;
}

/** `a < b` and its kin; values without an order raise. */
export function orderShapes(a: Shape, op: '<' | '<=' | '>' | '>=', b: Shape, p: Parameters): Outcomes {
  if (a.kind === 'unknown' || b.kind === 'unknown' || a.kind === 'event' || b.kind === 'event') return UNKNOWN;
  if (a.kind === 'constant' && b.kind === 'constant') return orderConstants(a.value, op, b.value);
  const sort = sortOf(a);
  if (sort !== sortOf(b)) return sort === 'other' || sortOf(b) === 'other' ? UNKNOWN : RAISES;
  if (sort === 'none' || sort === 'dict') return RAISES;
  if (sort === 'list' || sort === 'other') return UNKNOWN;
  if (a.kind === 'some' || b.kind === 'some') return EITHER;
  if (sort === 'number') return compareNumbers(a, op, b, p);
  const x = scalarSql(a, p);
  const y = scalarSql(b, p);
  return x === null || y === null ? UNKNOWN : decided(`${x} ${op} ${y}`);
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

/** `item in container`. `element(i)` gives the outcomes of comparing the item with the list element at SQL index i. */
export function containsShape(container: Shape, item: Shape, p: Parameters, inList: (list: Shape) => Outcomes): Outcomes {
  if (container.kind === 'unknown' || item.kind === 'unknown' || container.kind === 'event' || item.kind === 'event') return UNKNOWN;
  switch (container.kind) {
    case 'string': return inString(container, item, p);
    case 'some': return container.type === 'int' ? RAISES : sortOf(item) === 'string' ? EITHER : RAISES;
    case 'list': return inList(container);
    case 'dict': return inDict(container, item, p);
    case 'constant': return inConstant(container.value, item, p);
    default: return RAISES;
  }
}

function inString(container: Shape, item: Shape, p: Parameters): Outcomes {
  if (sortOf(item) !== 'string') return RAISES;
  if (item.kind === 'some') return EITHER;
  const haystack = scalarSql(container, p);
  const needle = scalarSql(item, p);
  return haystack === null || needle === null ? UNKNOWN : decided(`position(${haystack}, ${needle}) > 0`);
}

function inDict(container: Extract<Shape, { path: unknown }>, item: Shape, p: Parameters): Outcomes {
  const sort = sortOf(item);
  if (sort === 'list' || sort === 'dict') return RAISES;
  if (sort === 'other') return UNKNOWN;
  if (sort !== 'string') return decided('0');
  if (item.kind === 'some') return EITHER;
  const key = scalarSql(item, p);
  return key === null ? UNKNOWN : decided(json('JSONHas', [...container.path, key]));
}

function inConstant(container: Value, item: Shape, p: Parameters): Outcomes {
  if (typeof container === 'string') return inString({ kind: 'constant', value: container }, item, p);
  const sequence = container instanceof StarlarkList || container instanceof StarlarkTuple;
  const members = sequence
    ? container.items
    : container instanceof StarlarkDict
    ? container.keys()
    : container instanceof StarlarkSet
    ? container.items()
    : null;
  if (members === null) return sortOfValue(container) === 'other' ? UNKNOWN : RAISES;
  if (!sequence && (item.kind === 'list' || item.kind === 'dict')) return RAISES;
  if (item.kind === 'constant') {
    if (!sequence && (sortOf(item) === 'list' || sortOf(item) === 'dict')) return RAISES;
    return decided(constant(members.some((m) => equals(m, item.value))));
  }
  return anyMember(members, item, p);
}

/** Strings go into one IN; the rest is compared one by one. */
function anyMember(members: readonly Value[], item: Shape, p: Parameters): Outcomes {
  const texts = item.kind === 'string'
    ? members.map((m) => (typeof m === 'string' ? p.string(m) : NaN)).filter((s) => typeof s === 'string')
    : [];
  const rest = members.filter((m) => typeof m !== 'string' || item.kind !== 'string' || p.string(m) === null);
  const results = rest.map((m) => equalShapes({ kind: 'constant', value: m }, item, p));
  if (item.kind === 'string' && texts.length > 0) results.push(decided(`${item.sql} IN (${texts.join(', ')})`));
  const truthy = results.map((r) => r.truthy);
  const exact = results.every((r) => r.exact);
  const any = truthy.length === 0 ? '0' : truthy.includes('1') ? '1' : [...new Set(truthy.filter((t) => t !== '0'))].join(' OR ') || '0';
  const condition = /^[01]$/.test(any) ? any : `(${any})`;
  const raises = results.some((r) => r.raises === '1') ? '1' : '0';
  if (exact) return decided(condition);
  return { truthy: condition, falsy: and(...results.map((r) => r.falsy)), raises, exact: false };
}
