import {
  binary, EvalError, getIndex, slice, StarlarkBytes, StarlarkDict, StarlarkError, StarlarkFloat, StarlarkList, StarlarkTuple, unary,
  type BinaryOp, type Expr, type Value,
} from '../starlark/index.ts';
import { arithmeticOf, negated } from './arithmetic.ts';
import { attributeOf } from './attribute.ts';
import { callOf } from './calls.ts';
import { visitBody } from './quantifier.ts';
import { compareOutcomes } from './comparison.ts';
import type { Context, Scope } from './context.ts';
import { both, choose, either, negate, type Outcomes } from './formula.ts';
import { entryOf } from './json-value.ts';
import {
  boolOf, constantOf, isPlain, mapCases, onlyConstant, RAISED, type Shape, type Symbolic, truthOf, UNKNOWN_VALUE,
} from './symbolic.ts';

const COMPARISONS: ReadonlySet<BinaryOp> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in']);

/** Where an expression is truthy, falsy or raises. */
export function outcomes(e: Expr, scope: Scope, c: Context): Outcomes {
  switch (e.kind) {
    case 'logical': return (e.op === 'and' ? both : either)(outcomes(e.left, scope, c), outcomes(e.right, scope, c));
    case 'conditional': return choose(outcomes(e.test, scope, c), outcomes(e.then, scope, c), outcomes(e.otherwise, scope, c));
    case 'unary': return e.op === 'not' ? negate(outcomes(e.operand, scope, c)) : truthOf(evaluate(e, scope, c));
    case 'binary':
      if (COMPARISONS.has(e.op)) return compareOutcomes(e.op, evaluate(e.left, scope, c), evaluate(e.right, scope, c), c);
      return truthOf(evaluate(e, scope, c));
    default: return truthOf(evaluate(e, scope, c));
  }
}

/** An expression's value as cases. */
export function evaluate(e: Expr, scope: Scope, c: Context): Symbolic {
  switch (e.kind) {
    case 'ident': return nameOf(e.name, scope, c);
    case 'int': case 'string': return constantOf(e.value);
    case 'float': return constantOf(new StarlarkFloat(e.value));
    case 'bytes': return constantOf(new StarlarkBytes(Buffer.from(e.value, 'latin1')));
    case 'unary': return e.op === 'not' ? boolOf(outcomes(e, scope, c)) : signOf(e.op, evaluate(e.operand, scope, c), c);
    case 'binary':
      if (COMPARISONS.has(e.op)) return boolOf(outcomes(e, scope, c));
      return arithmeticOf(e.op, evaluate(e.left, scope, c), evaluate(e.right, scope, c), c);
    case 'logical': return operandOf(e, scope, c);
    case 'conditional': return chosen(outcomes(e.test, scope, c), evaluate(e.then, scope, c), evaluate(e.otherwise, scope, c));
    case 'call': return callOf(e, scope, c);
    case 'dot': return attributeOf(evaluate(e.object, scope, c), e.name, c);
    case 'index': return elementOf(evaluate(e.object, scope, c), evaluate(e.index, scope, c), c);
    case 'slice': return sliceOf(e, scope, c);
    case 'list': return gather(e.items, scope, c, (items) => new StarlarkList(items));
    case 'tuple': return gather(e.items, scope, c, (items) => new StarlarkTuple(items));
    case 'dict': return gather(e.entries.flatMap((x) => [x.key, x.value]), scope, c, dictOf);
    case 'comprehension': case 'lambda':
      if (e.kind === 'comprehension') visitBody(e, scope, c);
      c.unknown(`a ${e.kind} as a value is left to the interpreter`);
      return UNKNOWN_VALUE;
  }
}

function nameOf(name: string, scope: Scope, c: Context): Symbolic {
  const variable = scope.variables.get(name);
  if (variable !== undefined) return variable;
  const value = scope.fn.lookup(name);
  if (value === undefined) return RAISED;
  if (!isPlain(value)) c.unknown(`${name} is not a plain value`);
  return constantOf(value);
}

/** Computes on constants as the interpreter does. */
export function computed(compute: () => Value): Symbolic {
  try {
    return constantOf(compute());
  } catch (error) {
    if (error instanceof EvalError || error instanceof StarlarkError) return RAISED;
    throw error;
  }
}

function signOf(op: '+' | '-' | '~', value: Symbolic, c: Context): Symbolic {
  return mapCases(value, (shape) => {
    if (shape.kind === 'constant') return computed(() => unary(op, shape.value));
    return op === '-' ? negated(shape, c) : UNKNOWN_VALUE;
  });
}

/** `a and b`, `a or b` as a value: one of the operands. */
function operandOf(e: Extract<Expr, { kind: 'logical' }>, scope: Scope, c: Context): Symbolic {
  const left = evaluate(e.left, scope, c);
  const right = evaluate(e.right, scope, c);
  return mapCases(left, (shape) => {
    const self: Symbolic = { cases: [{ when: '1', shape }], exact: true };
    const test = truthOf(self);
    return e.op === 'and' ? chosen(test, right, self) : chosen(test, self, right);
  });
}

function chosen(test: Outcomes, x: Symbolic, y: Symbolic): Symbolic {
  const pick = boolOf(test);
  return mapCases(pick, (shape) => {
    if (shape.kind === 'constant') return shape.value === true ? x : y;
    return UNKNOWN_VALUE;
  });
}

function elementOf(object: Symbolic, index: Symbolic, c: Context): Symbolic {
  const key = onlyConstant(index);
  return mapCases(object, (shape) => {
    if (shape.kind === 'constant' && key !== undefined && isPlain(shape.value)) return computed(() => getIndex(shape.value, key));
    if (shape.kind === 'dict' && typeof key === 'string') return entry(shape, key, RAISED, c);
    if (typeof key === 'string' && (shape.kind === 'string' || shape.kind === 'list' || shape.kind === 'some')) return RAISED;
    if (noIndex(shape) && index.cases.every((k) => k.shape.kind !== 'unknown')) return RAISED;
    c.unknown('an element by position or by a computed key is left to the interpreter');
    return UNKNOWN_VALUE;
  });
}

function noIndex(shape: Shape): boolean {
  return shape.kind === 'int' || shape.kind === 'float' || shape.kind === 'bool' || (shape.kind === 'constant' && shape.value === null);
}

/** A dict's entry, or `missing`. */
export function entry(dict: Extract<Shape, { path: unknown }>, key: string, missing: Symbolic, c: Context): Symbolic {
  const sql = c.params.string(key);
  return sql === null ? UNKNOWN_VALUE : entryOf(dict.path, key, sql, missing);
}

function sliceOf(e: Extract<Expr, { kind: 'slice' }>, scope: Scope, c: Context): Symbolic {
  const parts = [e.object, e.from, e.to, e.step].map((x) => (x === null ? null : onlyConstant(evaluate(x, scope, c))));
  const [object, from, to, step] = parts;
  if (object !== undefined && from !== undefined && to !== undefined && step !== undefined && isPlain(object)) {
    return computed(() => slice(object, from, to, step));
  }
  c.unknown('a slice is left to the interpreter');
  return UNKNOWN_VALUE;
}

function gather(items: readonly Expr[], scope: Scope, c: Context, make: (values: Value[]) => Value): Symbolic {
  const values = items.map((item) => onlyConstant(evaluate(item, scope, c)));
  if (values.every((v) => v !== undefined)) return computed(() => make(values));
  c.unknown('a list, tuple or dict made from the event is left to the interpreter');
  return UNKNOWN_VALUE;
}

function dictOf(flat: readonly Value[]): Value {
  const dict = new StarlarkDict();
  for (let i = 0; i < flat.length; i += 2) {
    const key = flat[i] as Value;
    if (dict.has(key)) throw new EvalError('duplicate key');
    dict.put(key, flat[i + 1] as Value);
  }
  return dict;
}

/** A binary operator on constants. */
export function computeBinary(op: BinaryOp, x: Value, y: Value): Symbolic {
  return isPlain(x) && isPlain(y) ? computed(() => binary(op, x, y)) : UNKNOWN_VALUE;
}
