import { Builtin, EvalError, nearestName, StarlarkDict, StarlarkFunction, typeName, type Value } from '../../starlark/index.ts';
import { wrongArity } from '../arity.ts';
import { requireEventAttributes } from '../event-predicate.ts';
import type { Callable } from '../registry.ts';
import type { Selection } from '../trial.ts';

/** A predicate, or a dict of filters, as a selection of events. */
export function selectionOf(builtin: string, name: string, value: Value): Selection {
  if (value instanceof StarlarkDict)
    return { where: null, filters: new Map([...value.entries()].map(([k, v]) => [filterName(builtin, name, k), v])) };
  if (value instanceof StarlarkFunction || value instanceof Builtin) return { where: predicate(builtin, name, value), filters: new Map() };
  throw new EvalError(`${builtin}(): "${name}" is a predicate or a dict of filters, got ${typeName(value)}`);
}

/** A function that can be called with an event. */
export function predicate(builtin: string, name: string, fn: Callable): Callable {
  const takes = wrongArity(fn, 1);
  if (takes === null) {
    requireEventAttributes(fn);
    return fn;
  }
  throw new EvalError(`${builtin}(): "${name}" is called with an event, but takes ${takes} arguments`);
}

function filterName(builtin: string, name: string, key: Value): string {
  if (typeof key === 'string') return key;
  throw new EvalError(`${builtin}(): "${name}" has the key ${String(key)}, but filters are named by strings`);
}

/** `did you mean 'type'?`, or null when no name is near. */
export function suggestion(name: string, known: readonly string[]): string | null {
  const near = nearestName(name, [...known]);
  return near === null ? null : `did you mean '${near}'?`;
}
