import type { Value } from '../starlark/index.ts';
import { eventAttribute, isEventAttribute } from './attribute.ts';
import { equalShapes } from './compare-shapes.ts';
import { Context } from './context.ts';
import { isAscii } from './conversions.ts';
import { entry } from './evaluate.ts';
import { both, choose, decided, EITHER, or, type Outcomes, UNKNOWN } from './formula.ts';
import { outcomesOf, RAISED, type Shape } from './symbolic.ts';
import { translationOf, type Translation } from './translate.ts';

/**
 * Filters of an assertion, `name=value`, as one condition. A name is an attribute of the event, or else a key of `data`; an event without
 * the key does not match. A string with `*` (anything) or `?` (one character) is a pattern for strings.
 */
export function translateFilters(filters: ReadonlyMap<string, Value>): Translation {
  const c = new Context(null, 'f');
  return translationOf(filterOutcomes(filters, c), c);
}

/** The condition under which an event meets all filters. */
export function filterOutcomes(filters: ReadonlyMap<string, Value>, c: Context): Outcomes {
  return [...filters].map(([name, wanted]) => outcomesOfFilter(name, wanted, c)).reduce(both, decided('1'));
}

function outcomesOfFilter(name: string, wanted: Value, c: Context): Outcomes {
  const meets = (seen: Shape): Outcomes =>
    typeof wanted === 'string' && /[*?]/.test(wanted) ? glob(seen, wanted, c) : equalShapes(seen, { kind: 'constant', value: wanted }, c);
  if (isEventAttribute(name)) return outcomesOf(eventAttribute(name, c), meets);
  const entries = outcomesOf(eventAttribute('data', c), (data) => {
    return data.kind === 'dict' ? outcomesOf(entry(data, { kind: 'constant', value: name }, RAISED, c), meets) : UNKNOWN;
  });
  return { ...entries, falsy: or(entries.falsy, entries.raises), raises: '0' };
}

function glob(seen: Shape, pattern: string, c: Context): Outcomes {
  if (seen.kind === 'unknown' || seen.kind === 'opaque' || (seen.kind === 'some' && ['string', 'key'].includes(seen.type))) return EITHER;
  if (seen.kind !== 'string') return decided('0');
  const regex = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const param = c.params.string(`(?s)^${regex}\\z`);
  if (param === null) return EITHER;
  const matches = decided(`match(${seen.sql}, ${param})`);
  if (!pattern.includes('?')) return matches;
  return choose(decided(isAscii(seen.sql)), matches, EITHER);
}
