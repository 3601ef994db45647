import type { Comprehension, Expr } from '../starlark/index.ts';
import type { Context, Scope } from './context.ts';
import { type Elements, elementsOfShape } from './elements.ts';
import { evaluate, outcomes } from './evaluate.ts';
import { choose, decided, type Outcomes } from './formula.ts';
import { always, boolOf, mapCases, outcomesOf, RAISED, someOrRaised, split, type Symbolic, truthOf, UNKNOWN_VALUE } from './symbolic.ts';

/** `[body for x in list if test …]` with one variable. */
export interface SimpleComprehension {
  readonly variable: string;
  readonly iterable: Expr;
  readonly body: Expr;
  readonly tests: readonly Expr[];
}

/** The comprehension in its simple form, or null. */
export function simpleForm(e: Comprehension): SimpleComprehension | null {
  const [first, ...conditions] = e.clauses;
  if (e.key !== null || first?.kind !== 'for' || first.target.kind !== 'ident' || conditions.some((x) => x.kind !== 'if')) return null;
  const tests = conditions.flatMap((x) => (x.kind === 'if' ? [x.test] : []));
  return { variable: first.target.name, iterable: first.iterable, body: e.body, tests };
}

/** A list comprehension as a value: how many elements it has. It is eager: an error in any element raises. */
export function comprehensionOf(e: Comprehension, scope: Scope, c: Context): Symbolic {
  visitBody(e, scope, c);
  const simple = simpleForm(e);
  if (simple === null) return c.unknown('this comprehension is left to the interpreter');
  return mapCases(evaluate(simple.iterable, scope, c), (shape) => {
    const elements = elementsOfShape(shape, c);
    if (elements === 'raises') return RAISED;
    return elements === null ? c.unknown('this comprehension is left to the interpreter') : counted(elements, simple, scope, c);
  });
}

function counted(elements: Elements, simple: SimpleComprehension, scope: Scope, c: Context): Symbolic {
  const kept = elements.items.map((item) => keeps(simple, bind(scope, simple.variable, item), c));
  const { raises, open } = elements.combine(kept, true);
  return split(open, someOrRaised('list'), split(raises, RAISED, always({ kind: 'counted', sql: elements.count(kept) })));
}

/** Truthy where the element is kept; raises where a test or the body does. */
function keeps({ body, tests }: SimpleComprehension, scope: Scope, c: Context): Outcomes {
  const value = truthOf(evaluate(body, scope, c));
  const kept: Outcomes = outcomesOf(boolOf(value), () => decided('1'));
  return tests.reduceRight((inner, test) => choose(outcomes(test, scope, c), inner, decided('0')), kept);
}

/** A scope with one more variable. */
export function bind(scope: Scope, name: string, value: Symbolic): Scope {
  return { fn: scope.fn, variables: new Map([...scope.variables, [name, value]]) };
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
