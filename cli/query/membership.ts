import { equals, StarlarkDict, StarlarkList, StarlarkRange, StarlarkSet, StarlarkTuple, type Value } from '../starlark/index.ts';
import { equalShapes } from './compare-shapes.ts';
import type { Context } from './context.ts';
import { elementsOfShape } from './elements.ts';
import { and, constant, decided, EITHER, either, type Formula, type Outcomes, RAISES, UNKNOWN } from './formula.ts';
import { sortOf, sortOfValue } from './shape-sort.ts';
import { json, outcomesOf, type Shape } from './symbolic.ts';

/** `item in container`. */
export function containsShape(container: Shape, item: Shape, c: Context): Outcomes {
  if (container.kind === 'unknown' || item.kind === 'unknown' || container.kind === 'event' || item.kind === 'event') return UNKNOWN;
  switch (container.kind) {
    case 'string':
    case 'opaque':
      return inString(container, item, c);
    case 'list':
    case 'strings':
    case 'sequence':
      return inElements(container, item, c);
    case 'dict':
      return inDict(container, item, c);
    case 'constant':
      return inConstant(container.value, item, c);
    case 'some':
      return inSome(container.type, item);
    case 'fields':
      return inSome('dict', item);
    case 'counted':
      return UNKNOWN;
    default:
      return RAISES;
  }
}

function inSome(type: Extract<Shape, { kind: 'some' }>['type'], item: Shape): Outcomes {
  if (type === 'int' || type === 'float') return RAISES;
  if (type === 'string') return sortOf(item) === 'string' ? EITHER : sortOf(item) === 'key' ? UNKNOWN : RAISES;
  return type === 'dict' && sortOf(item) === 'string' ? EITHER : UNKNOWN;
}

function inString(container: Shape, item: Shape, c: Context): Outcomes {
  const sort = sortOf(item);
  if (sort === 'key') return UNKNOWN;
  if (sort !== 'string') return RAISES;
  const haystack = stringSql(container, c);
  const needle = stringSql(item, c);
  return haystack === null || needle === null ? EITHER : decided(`position(${haystack}, ${needle}) > 0`);
}

/** The SQL of a string, null where there is none. */
function stringSql(shape: Shape, c: Context): string | null {
  if (shape.kind === 'string') return shape.sql;
  return shape.kind === 'constant' && typeof shape.value === 'string' ? c.params.string(shape.value) : null;
}

function inElements(container: Shape, item: Shape, c: Context): Outcomes {
  const elements = elementsOfShape(container, c);
  if (elements === null || elements === 'raises') return UNKNOWN;
  return elements.combine(
    elements.items.map((e) => outcomesOf(e, (s) => equalShapes(item, s, c))),
    true,
  );
}

function inDict(container: Extract<Shape, { path: unknown }>, item: Shape, c: Context): Outcomes {
  const sort = sortOf(item);
  if (sort === 'list' || sort === 'dict') return RAISES;
  if (sort === 'other' || sort === 'key' || sort === 'tuple') return UNKNOWN;
  if (sort !== 'string') return decided('0');
  const key = stringSql(item, c);
  return key === null ? EITHER : decided(json('JSONHas', [...container.path, key]));
}

function inConstant(container: Value, item: Shape, c: Context): Outcomes {
  if (typeof container === 'string') return inString({ kind: 'constant', value: container }, item, c);
  const sequence = container instanceof StarlarkList || container instanceof StarlarkTuple;
  const members = membersOf(container);
  if (members === null) return sortOfValue(container) === 'other' || container instanceof StarlarkRange ? UNKNOWN : RAISES;
  const sort = sortOf(item);
  if (!sequence && (sort === 'list' || sort === 'dict')) return RAISES;
  if (!sequence && (sort === 'tuple' || sort === 'other')) return UNKNOWN;
  if (item.kind === 'constant') return decided(constant(members.some((m) => equals(m, item.value))));
  return anyMember(members, item, c);
}

function membersOf(container: Value): readonly Value[] | null {
  if (container instanceof StarlarkList || container instanceof StarlarkTuple) return container.items;
  if (container instanceof StarlarkDict) return container.keys();
  return container instanceof StarlarkSet ? container.items() : null;
}

/** Strings go into one IN; the rest is compared one by one. */
function anyMember(members: readonly Value[], item: Shape, c: Context): Outcomes {
  const texts: Formula[] = [];
  const results: Outcomes[] = [];
  for (const m of members) {
    const sql = item.kind === 'string' && typeof m === 'string' ? c.params.string(m) : null;
    if (sql === null) results.push(equalShapes({ kind: 'constant', value: m }, item, c));
    else texts.push(sql);
  }
  if (item.kind === 'string' && texts.length > 0) results.push(decided(`${item.sql} IN (${texts.join(', ')})`));
  const total = results.reduce(either, decided('0'));
  if (total.open !== '0' || total.raises !== '0') return total;
  return results.length === 1 ? total : { ...total, falsy: and(...results.map((r) => r.falsy)) };
}
