import type { BinaryOp } from '../starlark/index.ts';
import { equalShapes, orderShapes } from './compare-shapes.ts';
import type { Context } from './context.ts';
import { negate, type Outcomes, UNKNOWN } from './formula.ts';
import { containsShape } from './membership.ts';
import { outcomesOf, type Shape, type Symbolic } from './symbolic.ts';

/** A comparison or membership test of two values. */
export function compareOutcomes(op: BinaryOp, left: Symbolic, right: Symbolic, c: Context): Outcomes {
  if (left.cases.length * right.cases.length > 48) {
    c.unknown('a comparison of two values of the event is left to the interpreter');
    return UNKNOWN;
  }
  const result = outcomesOf(left, (x) => outcomesOf(right, (y) => compareShapes(op, x, y, c)));
  if (result.open !== '0') c.unknown(`a part of '${op}' cannot be decided in SQL`);
  return result;
}

function compareShapes(op: BinaryOp, x: Shape, y: Shape, c: Context): Outcomes {
  switch (op) {
    case '==':
      return equalShapes(x, y, c);
    case '!=':
      return negate(equalShapes(x, y, c));
    case 'in':
      return containsShape(y, x, c);
    case 'not in':
      return negate(containsShape(y, x, c));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return orderShapes(x, op, y, c);
    default:
      return UNKNOWN;
  }
}
