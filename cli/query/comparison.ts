import type { BinaryOp } from '../starlark/index.ts';
import { containsShape, equalShapes, orderShapes } from './compare-shapes.ts';
import type { Context } from './context.ts';
import { type Formula, negate, type Outcomes, UNKNOWN } from './formula.ts';
import { valueAt } from './json-value.ts';
import { json, outcomesOf, type Path, type Shape, type Symbolic } from './symbolic.ts';

/** A comparison or membership test of two values. */
export function compareOutcomes(op: BinaryOp, left: Symbolic, right: Symbolic, c: Context): Outcomes {
  if (left.cases.length * right.cases.length > 48) {
    c.unknown('a comparison of two values of the event is left to the interpreter');
    return UNKNOWN;
  }
  const result = outcomesOf(left, (x) => outcomesOf(right, (y) => compareShapes(op, x, y, c)));
  if (!result.exact) c.unknown(`a part of '${op}' cannot be decided in SQL`);
  return result;
}

function compareShapes(op: BinaryOp, x: Shape, y: Shape, c: Context): Outcomes {
  switch (op) {
    case '==': return equalShapes(x, y, c.params);
    case '!=': return negate(equalShapes(x, y, c.params));
    case 'in': return containsShape(y, x, c.params, (list) => inJsonList(list, x, c));
    case 'not in': return negate(containsShape(y, x, c.params, (list) => inJsonList(list, x, c)));
    case '<': case '<=': case '>': case '>=': return orderShapes(x, op, y, c.params);
    default: return UNKNOWN;
  }
}

function inJsonList(list: Shape, item: Shape, c: Context): Outcomes {
  if (list.kind !== 'list') return UNKNOWN;
  const i = c.nextIndex();
  const one = outcomesOf(valueAt([...list.path, i]), (element) => equalShapes(item, element, c.params));
  return overElements(list.path, i, one, true);
}

/** Some element is truthy (`any`), or all are: elements that raise make the whole raise. */
export function overElements(path: Path, index: string, one: Outcomes, any: boolean): Outcomes {
  const exists = (condition: Formula): Formula => {
    if (condition === '0') return '0';
    return `arrayExists(${index} -> ${condition}, range(1, ${json('JSONLength', path)} + 1))`;
  };
  const forAll = (condition: Formula): Formula => {
    if (condition === '1') return '1';
    return `arrayAll(${index} -> ${condition}, range(1, ${json('JSONLength', path)} + 1))`;
  };
  const raises = exists(one.raises);
  const found = any ? exists(one.truthy) : forAll(one.truthy);
  const missed = any ? forAll(one.falsy) : exists(one.falsy);
  if (!one.exact || raises === '0') return { truthy: found, falsy: missed, raises, exact: one.exact };
  return { truthy: `(${found} AND NOT (${raises}))`, falsy: `(${missed} AND NOT (${raises}))`, raises, exact: true };
}
