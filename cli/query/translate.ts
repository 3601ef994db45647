import type { StarlarkFunction } from '../starlark/index.ts';
import { Context, Impure } from './context.ts';
import { outcomes } from './evaluate.ts';
import { or, type Outcomes } from './formula.ts';
import { bodyExpression, defaultOf } from './inline.ts';
import type { Sql } from './parameters.ts';
import { always, type Symbolic } from './symbolic.ts';

/**
 * A predicate as SQL over table `events`.
 * - exact: `where` holds exactly where the predicate is truthy, and it raises on no row.
 * - prefilter: `where` holds on every row where the predicate is truthy or raises. Where `unless` does not hold, `where` is exact; the
 *   interpreter decides the rows on which both hold.
 * - none: the predicate has effects or is not understood; it must run on every event.
 */
export type Translation =
  | { readonly kind: 'exact'; readonly where: Sql }
  | { readonly kind: 'prefilter'; readonly where: Sql; readonly why: string; readonly unless: Sql }
  | { readonly kind: 'none'; readonly why: string };

/** Formulas beyond this length cost more than they save. */
const MAX_TEXT = 60_000;

/** Translates a predicate of one event. Captured variables are taken as they are now. */
export function translate(predicate: StarlarkFunction): Translation {
  const c = new Context();
  const body = bodyExpression(predicate);
  if (body === null) return { kind: 'none', why: `${predicate.name} does more than return an expression` };
  try {
    const variables = eventScope(predicate, c);
    if (variables === null) return { kind: 'none', why: `${predicate.name} does not take exactly one event` };
    c.inlining.push(predicate);
    return translationOf(outcomes(body, { fn: predicate, variables }, c), c);
  } catch (error) {
    if (error instanceof Impure) return { kind: 'none', why: error.message };
    throw error;
  }
}

/** What the outcomes of a condition make of it. */
export function translationOf(o: Outcomes, c: Context): Translation {
  const json = c.readsData ? 'NOT json_ok' : '0';
  const where = or(o.raises, json, o.truthy);
  const undecided = or(o.raises, json, o.open);
  const why =
    o.open === '0'
      ? o.raises === '0'
        ? 'it reads data, and the JSON of some rows is beyond SQL'
        : 'it raises on some events'
      : (c.reasons[0] ?? 'a part of it cannot be decided in SQL');
  if (where === '1' && o.open === '1') return { kind: 'none', why };
  if (where.length + undecided.length > MAX_TEXT) return { kind: 'none', why: 'it is too large for SQL' };
  if (undecided === '0') return { kind: 'exact', where: c.params.sql(where) };
  return { kind: 'prefilter', where: c.params.sql(where), why, unless: c.params.sql(undecided) };
}

/** The predicate's parameters: the event first, then defaults; null when it cannot be called with one event. */
export function eventScope(predicate: StarlarkFunction, c: Context): Map<string, Symbolic> | null {
  const variables = new Map<string, Symbolic>();
  for (const [i, p] of predicate.node.params.entries()) {
    if (p.kind !== 'required' && p.kind !== 'optional') return null;
    const value = i === 0 ? always({ kind: 'event' }) : defaultOf(predicate, i, c);
    if (value === null) return null;
    variables.set(p.name.name, value);
  }
  return variables.size === 0 ? null : variables;
}
