import { elementsOf, type Expr, StarlarkDict, type StarlarkFunction, truth } from '../starlark/index.ts';
import { Context, Impure, type Scope } from './context.ts';
import { evaluate } from './evaluate.ts';
import { bodyExpression } from './inline.ts';
import { onlyConstant } from './symbolic.ts';
import { eventScope } from './translate.ts';

/** The event types and services that a predicate can be truthy on; null = any. */
export interface Dependence {
  readonly types: string[] | null;
  readonly services: string[] | null;
}

type Values = ReadonlySet<string> | null;

/** Which events a predicate can match at all, read from its comparisons of `e.type` and `e.service` with constants. */
export function dependsOn(predicate: StarlarkFunction): Dependence {
  const body = bodyExpression(predicate);
  const c = new Context();
  const variables = eventScope(predicate, c);
  if (body === null || variables === null) return { types: null, services: null };
  const scope = { fn: predicate, variables };
  c.inlining.push(predicate);
  const list = (values: Values): string[] | null => (values === null ? null : [...values]);
  return { types: list(possible(body, 'type', scope, c)), services: list(possible(body, 'service', scope, c)) };
}

/** The values of an attribute with which the expression may be truthy. */
function possible(e: Expr, attribute: string, scope: Scope, c: Context): Values {
  if (e.kind === 'logical') {
    const left = possible(e.left, attribute, scope, c);
    const right = possible(e.right, attribute, scope, c);
    return e.op === 'and' ? intersection(left, right) : union(left, right);
  }
  if (e.kind === 'conditional') {
    const then = intersection(possible(e.test, attribute, scope, c), possible(e.then, attribute, scope, c));
    return union(then, possible(e.otherwise, attribute, scope, c));
  }
  if (e.kind === 'binary' && e.op === '==') {
    return comparedTo(e.left, e.right, attribute, scope, c) ?? comparedTo(e.right, e.left, attribute, scope, c);
  }
  if (e.kind === 'binary' && e.op === 'in' && isAttribute(e.left, attribute, scope)) return members(e.right, scope, c);
  if (e.kind === 'call') return calledOn(e, attribute, scope, c);
  const value = constantOf(e, scope, c);
  return value !== undefined && !truth(value) ? new Set() : null;
}

function isAttribute(e: Expr, attribute: string, scope: Scope): boolean {
  return e.kind === 'dot' && e.name === attribute && e.object.kind === 'ident'
    && scope.variables.get(e.object.name)?.cases[0]?.shape.kind === 'event';
}

function constantOf(e: Expr, scope: Scope, c: Context): ReturnType<typeof onlyConstant> {
  try {
    return onlyConstant(evaluate(e, scope, c));
  } catch (error) {
    if (error instanceof Impure) return undefined;
    throw error;
  }
}

function comparedTo(side: Expr, other: Expr, attribute: string, scope: Scope, c: Context): Values {
  if (!isAttribute(side, attribute, scope)) return null;
  const value = constantOf(other, scope, c);
  return value === undefined ? null : new Set(typeof value === 'string' ? [value] : []);
}

function members(container: Expr, scope: Scope, c: Context): Values {
  const value = constantOf(container, scope, c);
  const items = value === undefined ? null : value instanceof StarlarkDict ? value.keys() : elementsOf(value);
  return items === null ? null : new Set(items.filter((v) => typeof v === 'string'));
}

/** A call of the user's own function with the event as it is. */
function calledOn(e: Extract<Expr, { kind: 'call' }>, attribute: string, scope: Scope, c: Context): Values {
  const fn = e.callee.kind === 'ident' && !scope.variables.has(e.callee.name) ? scope.fn.lookup(e.callee.name) : undefined;
  const [argument] = e.args;
  if (fn === undefined || fn === null || typeof fn !== 'object' || !('node' in fn) || c.inlining.includes(fn) || e.args.length !== 1) {
    return null;
  }
  const body = bodyExpression(fn);
  const variables = eventScope(fn, c);
  const onEvent = argument?.kind === 'positional' && argument.value.kind === 'ident'
    && scope.variables.get(argument.value.name)?.cases[0]?.shape.kind === 'event';
  if (body === null || variables === null || !onEvent) return null;
  c.inlining.push(fn);
  const result = possible(body, attribute, { fn, variables }, c);
  c.inlining.pop();
  return result;
}

function intersection(a: Values, b: Values): Values {
  if (a === null) return b;
  return b === null ? a : new Set([...a].filter((v) => b.has(v)));
}

function union(a: Values, b: Values): Values {
  return a === null || b === null ? null : new Set([...a, ...b]);
}
