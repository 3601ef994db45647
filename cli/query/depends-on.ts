import type { StarlarkFunction, Value } from '../starlark/index.ts';
import { TYPES_WITH_ATTRIBUTES } from './columns.ts';
import { type Assumption, Context } from './context.ts';
import { outcomes } from './evaluate.ts';
import { filterOutcomes } from './filters.ts';
import { bodyExpression } from './inline.ts';
import { eventScope } from './translate.ts';

/** The event types and services that a selection can match; null = any. Topics are those of messages, tables those of row changes. */
export interface Dependence {
  readonly types: string[] | null;
  readonly services: string[] | null;
  readonly topics: string[] | null;
  readonly tables: string[] | null;
}

type Filters = ReadonlyMap<string, Value>;

/**
 * Which events a predicate and filters can match at all. They are translated for an event whose type (service, topic, table) is none of those
 * that they compare it with: if they can match there, any type will do. Else they are translated for each of these. No predicate: null.
 */
export function dependsOn(predicate: StarlarkFunction | null, filters: Filters = new Map()): Dependence {
  const valuesOf = (attribute: Assumption['attribute'], known: readonly string[] = []): string[] | null => {
    const others = new Set(known);
    const can = (shape: Assumption['shape']) =>
      filtersCanMatch(filters, { attribute, shape }) && (predicate === null || canMatch(predicate, { attribute, shape }));
    if (can({ kind: 'opaque', others })) return null;
    return [...others].filter((value) => can({ kind: 'constant', value }));
  };
  return {
    types: valuesOf('type', TYPES_WITH_ATTRIBUTES),
    services: valuesOf('service'),
    topics: valuesOf('topic'),
    tables: valuesOf('table'),
  };
}

function filtersCanMatch(filters: Filters, assumption: Assumption): boolean {
  return filterOutcomes(filters, new Context(assumption)).truthy !== '0';
}

function canMatch(predicate: StarlarkFunction, assumption: Assumption): boolean {
  const c = new Context(assumption);
  const body = bodyExpression(predicate);
  const variables = eventScope(predicate, c);
  if (body === null || variables === null) return true;
  c.inlining.push(predicate);
  return outcomes(body, { fn: predicate, variables }, c).truthy !== '0';
}
