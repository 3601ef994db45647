import { UNIVERSE, type Call, type Expr } from '../starlark/index.ts';
import { bind, simpleForm, visitBody } from './comprehension.ts';
import type { Context, Scope } from './context.ts';
import { elementsOfShape } from './elements.ts';
import { evaluate, outcomes } from './evaluate.ts';
import { choose, decided, type Outcomes, RAISES, UNKNOWN } from './formula.ts';
import { boolOf, outcomesOf, type Symbolic, truthOf } from './symbolic.ts';

/**
 * `any([test for x in list if …])`, `any(list)`, and `all(…)`; null for another call. The list comprehension is eager: an error in any
 * element raises.
 */
export function quantifierOf(e: Call, name: string, scope: Scope, c: Context): Symbolic | null {
  const [argument] = e.args;
  if ((name !== 'any' && name !== 'all') || e.args.length !== 1 || argument?.kind !== 'positional') return null;
  if (scope.fn.lookup(name) !== UNIVERSE.get(name)) return null;
  const any = name === 'any';
  if (argument.value.kind !== 'comprehension') {
    return over(name, evaluate(argument.value, scope, c), (item) => truthOf(item), c);
  }
  visitBody(argument.value, scope, c);
  const simple = simpleForm(argument.value);
  if (simple === null) return null;
  const test = (item: Symbolic): Outcomes => element(simple.body, simple.tests, any, bind(scope, simple.variable, item), c);
  return over(name, evaluate(simple.iterable, scope, c), test, c);
}

function over(name: 'any' | 'all', iterable: Symbolic, test: (item: Symbolic) => Outcomes, c: Context): Symbolic {
  return boolOf(
    outcomesOf(iterable, (shape) => {
      const elements = elementsOfShape(shape, c);
      if (elements === 'raises') return RAISES;
      if (elements !== null) return elements.combine(elements.items.map(test), name === 'any');
      c.unknown(`${name}() over this is left to the interpreter`);
      return UNKNOWN;
    }),
  );
}

/** One element: whether it counts as true. Elements that the conditions leave out count neither way. */
function element(body: Expr, tests: readonly Expr[], any: boolean, scope: Scope, c: Context): Outcomes {
  const result = outcomes(body, scope, c);
  return tests.reduceRight((inner, test) => choose(outcomes(test, scope, c), inner, decided(any ? '0' : '1')), result);
}
