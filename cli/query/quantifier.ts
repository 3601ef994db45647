import { elementsOf, UNIVERSE, type Call, type Comprehension, type Expr } from '../starlark/index.ts';
import type { Context, Scope } from './context.ts';
import { evaluate, outcomes } from './evaluate.ts';
import { both, choose, decided, either, type Formula, not, or, type Outcomes, RAISES, UNKNOWN } from './formula.ts';
import { valueAt } from './json-value.ts';
import { boolOf, constantOf, outcomesOf, type Symbolic, UNKNOWN_VALUE } from './symbolic.ts';
import { overElements } from './comparison.ts';

/** Constant lists longer than this are not unrolled. */
const MAX_UNROLLED = 50;

/**
 * `any([test for x in list if …])` and `all(…)`; null for another call. The list comprehension is eager: an error in any element raises.
 */
export function quantifierOf(e: Call, name: string, scope: Scope, c: Context): Symbolic | null {
  const [argument] = e.args;
  if (
    (name !== 'any' && name !== 'all') || e.args.length !== 1 || argument?.kind !== 'positional' || argument.value.kind !== 'comprehension'
  ) {
    return null;
  }
  if (scope.fn.lookup(name) !== UNIVERSE.get(name)) return null;
  const list = argument.value;
  const [first, ...conditions] = list.clauses;
  if (list.key !== null || first?.kind !== 'for' || first.target.kind !== 'ident' || conditions.some((x) => x.kind !== 'if')) return null;
  const variable = first.target.name;
  const tests = conditions.flatMap((x) => (x.kind === 'if' ? [x.test] : []));
  const iterable = evaluate(first.iterable, scope, c);
  visitBody(list, scope, c);
  return boolOf(outcomesOf(iterable, (shape) => {
    if (shape.kind === 'list') {
      const i = c.nextIndex();
      return overElements(
        shape.path, i, element(list.body, tests, name === 'any', bind(scope, variable, valueAt([...shape.path, i])), c), name === 'any',
      );
    }
    if (shape.kind === 'constant') {
      return unrolled(
        shape.value, (v) => element(list.body, tests, name === 'any', bind(scope, variable, constantOf(v)), c), name === 'any',
      );
    }
    if (shape.kind === 'dict' || shape.kind === 'unknown' || shape.kind === 'event') {
      c.unknown(`${name}() over this is left to the interpreter`);
      return UNKNOWN;
    }
    return RAISES;
  }));
}

function bind(scope: Scope, name: string, value: Symbolic): Scope {
  return { fn: scope.fn, variables: new Map([...scope.variables, [name, value]]) };
}

/** One element: whether it counts as true. Elements that the conditions leave out count neither way. */
function element(body: Expr, tests: readonly Expr[], any: boolean, scope: Scope, c: Context): Outcomes {
  const result = outcomes(body, scope, c);
  return tests.reduceRight((inner, test) => choose(outcomes(test, scope, c), inner, decided(any ? '0' : '1')), result);
}

function unrolled(value: Parameters<typeof elementsOf>[0], one: (v: Parameters<typeof elementsOf>[0]) => Outcomes, any: boolean): Outcomes {
  const items = elementsOf(value);
  if (items === null) return RAISES;
  if (items.length > MAX_UNROLLED) return UNKNOWN;
  const results = items.map(one);
  const raises: Formula = or(...results.map((r) => r.raises));
  const total = results.reduce(any ? either : both, decided(any ? '0' : '1'));
  if (raises === '0') return total;
  if (!results.every((r) => r.exact)) {
    return { truthy: or(...(any ? results.map((r) => r.truthy) : [total.truthy])), falsy: UNKNOWN.falsy, raises, exact: false };
  }
  const calm = decided(not(raises));
  return { ...both(calm, total), falsy: both(calm, { ...total, truthy: total.falsy }).truthy, raises, exact: true };
}

/** Evaluates a comprehension's parts on an unknown element, so that effects in it are seen. */
export function visitBody(list: Comprehension, scope: Scope, c: Context): void {
  let inner = scope;
  const bindAll = (target: Expr): void => {
    if (target.kind === 'ident') inner = bind(inner, target.name, UNKNOWN_VALUE);
    else if (target.kind === 'tuple' || target.kind === 'list') target.items.forEach(bindAll);
  };
  for (const clause of list.clauses) {
    if (clause.kind === 'if') evaluate(clause.test, inner, c);
    else {
      evaluate(clause.iterable, inner, c);
      bindAll(clause.target);
    }
  }
  if (list.key !== null) evaluate(list.key, inner, c);
  evaluate(list.body, inner, c);
}

