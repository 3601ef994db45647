import { elementsOf } from '../starlark/index.ts';
import type { Context } from './context.ts';
import { both, decided, either, type Formula, not, or, type Outcomes, UNKNOWN } from './formula.ts';
import { valueAt } from './json-value.ts';
import { always, constantOf, json, type Path, type Shape, type Symbolic, text } from './symbolic.ts';

/** Constant lists longer than this are not unrolled. */
const MAX_UNROLLED = 50;

/** What a list, or whatever is iterated over, holds: one item that stands for all by an index, or each item. */
export interface Elements {
  readonly items: readonly Symbolic[];
  /** Some element is truthy (`any`), or all are; elements that raise make the whole raise. One outcome an item. */
  combine(results: readonly Outcomes[], any: boolean): Outcomes;
  /** How many elements are truthy, when none raises. */
  count(results: readonly Outcomes[]): string;
}

/** The elements of a value; 'raises' when it is not iterable, null when they are not known. */
export function elementsOfShape(shape: Shape, c: Context): Elements | 'raises' | null {
  switch (shape.kind) {
    case 'list':
      return ofJsonList(shape.path, c);
    case 'strings':
      return ofStrings(shape.sql, c);
    case 'dict':
      return ofStrings(json('JSONExtractKeys', shape.path), c);
    case 'sequence':
      return unrolled(shape.items);
    case 'constant': {
      const items = elementsOf(shape.value);
      if (items === null) return 'raises';
      return items.length > MAX_UNROLLED ? null : unrolled(items.map(constantOf));
    }
    case 'string':
    case 'opaque':
    case 'int':
    case 'float':
    case 'bool':
      return 'raises';
    case 'some':
      return shape.type === 'string' || shape.type === 'int' || shape.type === 'float' ? 'raises' : null;
    default:
      return null;
  }
}

function ofJsonList(path: Path, c: Context): Elements {
  const i = c.nextIndex();
  return indexed(valueAt([...path, i]), i, `range(1, ${json('JSONLength', path)} + 1)`);
}

function ofStrings(sql: string, c: Context): Elements {
  const i = c.nextIndex();
  return indexed(always(text(i)), i, sql);
}

function indexed(item: Symbolic, index: string, array: string): Elements {
  const exists = (condition: Formula): Formula => {
    if (condition === '0') return '0';
    return condition === '1' ? `notEmpty(${array})` : `arrayExists(${index} -> ${condition}, ${array})`;
  };
  const forAll = (condition: Formula): Formula => {
    if (condition === '1') return '1';
    return condition === '0' ? `empty(${array})` : `arrayAll(${index} -> ${condition}, ${array})`;
  };
  return {
    items: [item],
    combine: ([one = UNKNOWN], any) => {
      const raises = exists(one.raises);
      const found = any ? exists(one.truthy) : forAll(one.truthy);
      const missed = any ? forAll(one.falsy) : exists(one.falsy);
      if (one.open !== '0') return { truthy: found, falsy: missed, raises, open: or(exists(one.open), raises) };
      if (raises === '0') return { truthy: found, falsy: missed, raises, open: '0' };
      return { truthy: `(${found} AND NOT (${raises}))`, falsy: `(${missed} AND NOT (${raises}))`, raises, open: '0' };
    },
    count: ([one = UNKNOWN]) => (one.truthy === '1' ? `length(${array})` : `arrayCount(${index} -> ${one.truthy}, ${array})`),
  };
}

function unrolled(items: readonly Symbolic[]): Elements {
  return {
    items,
    combine: (results, any) => {
      const raises = or(...results.map((r) => r.raises));
      const total = results.reduce(any ? either : both, decided(any ? '0' : '1'));
      if (raises === '0') return total;
      const open = or(...results.map((r) => r.open));
      if (open !== '0') return { ...total, raises, open: or(open, raises) };
      const calm = decided(not(raises));
      return { ...both(calm, total), falsy: both(calm, { ...total, truthy: total.falsy }).truthy, raises, open: '0' };
    },
    count: (results) => (results.length === 0 ? '0' : `(${results.map((r) => `toUInt64(${r.truthy})`).join(' + ')})`),
  };
}
