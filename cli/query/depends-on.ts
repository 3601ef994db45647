import type { StarlarkFunction } from '../starlark/index.ts';
import { TYPES_WITH_ATTRIBUTES } from './columns.ts';
import { type Assumption, Context } from './context.ts';
import { outcomes } from './evaluate.ts';
import { bodyExpression } from './inline.ts';
import { eventScope } from './translate.ts';

/** The event types, services and topics that a predicate can be truthy on; null = any. Of `topics`: among events that have one. */
export interface Dependence {
  readonly types: string[] | null;
  readonly services: string[] | null;
  readonly topics: string[] | null;
}

/**
 * Which events a predicate can match at all. It is translated for an event whose type (service, topic) is none of those that the predicate
 * compares it with: if it can be truthy there, any type will do. Else it is translated for each of these.
 */
export function dependsOn(predicate: StarlarkFunction): Dependence {
  return {
    types: valuesOf('type', TYPES_WITH_ATTRIBUTES, predicate),
    services: valuesOf('service', [], predicate),
    topics: valuesOf('topic', [], predicate),
  };
}

function valuesOf(attribute: Assumption['attribute'], known: readonly string[], predicate: StarlarkFunction): string[] | null {
  const others = new Set(known);
  if (canMatch(predicate, { attribute, shape: { kind: 'opaque', others } })) return null;
  return [...others].filter((value) => canMatch(predicate, { attribute, shape: { kind: 'constant', value } }));
}

function canMatch(predicate: StarlarkFunction, assumption: Assumption): boolean {
  const c = new Context(assumption);
  const body = bodyExpression(predicate);
  const variables = eventScope(predicate, c);
  if (body === null || variables === null) return true;
  c.inlining.push(predicate);
  return outcomes(body, { fn: predicate, variables }, c).truthy !== '0';
}
