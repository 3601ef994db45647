import {
  binary,
  EvalError,
  StarlarkBytes,
  StarlarkDict,
  StarlarkError,
  StarlarkFloat,
  StarlarkList,
  StarlarkTuple,
  unary,
  type BinaryOp,
  type Expr,
  type Value,
} from '../starlark/index.ts';
import { arithmeticOf, signed } from './arithmetic.ts';
import { attributeOf } from './attribute.ts';
import { callOf } from './calls.ts';
import { captured } from './captured.ts';
import { compareOutcomes } from './comparison.ts';
import { comprehensionOf } from './comprehension.ts';
import type { Context, Scope } from './context.ts';
import { both, choose, either, negate, or, type Outcomes } from './formula.ts';
import { entryOf } from './json-value.ts';
import { sortOf } from './shape-sort.ts';
import { elementOf, sliceOf } from './subscript.ts';
import {
  always,
  boolOf,
  constantOf,
  isPlain,
  mapCases,
  onlyConstant,
  RAISED,
  type Shape,
  split,
  type Symbolic,
  truthOf,
  UNKNOWN_VALUE,
} from './symbolic.ts';

const COMPARISONS: ReadonlySet<BinaryOp> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in']);

/** Where an expression is truthy, falsy or raises. */
export function outcomes(e: Expr, scope: Scope, c: Context): Outcomes {
  switch (e.kind) {
    case 'logical':
      return (e.op === 'and' ? both : either)(outcomes(e.left, scope, c), outcomes(e.right, scope, c));
    case 'conditional':
      return choose(outcomes(e.test, scope, c), outcomes(e.then, scope, c), outcomes(e.otherwise, scope, c));
    case 'unary':
      return e.op === 'not' ? negate(outcomes(e.operand, scope, c)) : truthOf(evaluate(e, scope, c));
    case 'binary':
      if (COMPARISONS.has(e.op)) return compareOutcomes(e.op, evaluate(e.left, scope, c), evaluate(e.right, scope, c), c);
      return truthOf(evaluate(e, scope, c));
    default:
      return truthOf(evaluate(e, scope, c));
  }
}

/** An expression's value as cases. */
export function evaluate(e: Expr, scope: Scope, c: Context): Symbolic {
  switch (e.kind) {
    case 'ident':
      return nameOf(e.name, scope, c);
    case 'int':
    case 'string':
      return constantOf(e.value);
    case 'float':
      return constantOf(new StarlarkFloat(e.value));
    case 'bytes':
      return constantOf(new StarlarkBytes(Buffer.from(e.value, 'latin1')));
    case 'unary':
      return e.op === 'not' ? boolOf(outcomes(e, scope, c)) : signOf(e.op, evaluate(e.operand, scope, c), c);
    case 'binary':
      if (COMPARISONS.has(e.op)) return boolOf(outcomes(e, scope, c));
      return arithmeticOf(e.op, evaluate(e.left, scope, c), evaluate(e.right, scope, c), c);
    case 'logical':
      return operandOf(e, scope, c);
    case 'conditional':
      return chosen(outcomes(e.test, scope, c), evaluate(e.then, scope, c), evaluate(e.otherwise, scope, c));
    case 'call':
      return callOf(e, scope, c);
    case 'dot':
      return attributeOf(evaluate(e.object, scope, c), e.name, c);
    case 'index':
      return elementOf(evaluate(e.object, scope, c), evaluate(e.index, scope, c), c);
    case 'slice':
      return sliceOf(e, scope, c);
    case 'list':
      return gather('list', e.items, scope, c);
    case 'tuple':
      return gather('tuple', e.items, scope, c);
    case 'dict':
      return dictDisplay(e, scope, c);
    case 'comprehension':
      return comprehensionOf(e, scope, c);
    case 'lambda':
      return c.unknown('a lambda as a value is left to the interpreter');
  }
}

function nameOf(name: string, scope: Scope, c: Context): Symbolic {
  const variable = scope.variables.get(name);
  if (variable !== undefined) return variable;
  const value = scope.fn.lookup(name);
  if (value === undefined) return RAISED;
  return captured(value, name, c);
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
  return mapCases(value, (shape) => (shape.kind === 'constant' ? computed(() => unary(op, shape.value)) : signed(op, shape, c)));
}

/** `a and b`, `a or b` as a value: one of the operands. */
function operandOf(e: Extract<Expr, { kind: 'logical' }>, scope: Scope, c: Context): Symbolic {
  const left = evaluate(e.left, scope, c);
  const right = evaluate(e.right, scope, c);
  return mapCases(left, (shape) => {
    const self = always(shape);
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

/** A dict's entry under a key, or `missing`. */
export function entry(dict: Extract<Shape, { path: unknown }>, key: Shape, missing: Symbolic, c: Context): Symbolic {
  const sort = sortOf(key);
  if (sort === 'list' || sort === 'dict') return RAISED;
  if (sort === 'number' || sort === 'bool' || sort === 'none') return missing;
  if (key.kind === 'constant' && typeof key.value === 'string') {
    const sql = c.params.string(key.value);
    return sql === null ? c.unknown('a key cannot be said in SQL') : entryOf(dict.path, key.value, sql, missing);
  }
  if (key.kind !== 'string') return c.unknown('an entry by a computed key is left to the interpreter');
  return entryOf(dict.path, null, key.sql, missing);
}

/** A list or tuple: a constant when all its items are, else its items as they are. An item that raises makes the whole raise. */
function gather(type: 'list' | 'tuple', exprs: readonly Expr[], scope: Scope, c: Context): Symbolic {
  const items = exprs.map((item) => evaluate(item, scope, c));
  const values = items.map(onlyConstant);
  if (values.every((v) => v !== undefined)) return constantOf(type === 'list' ? new StarlarkList(values) : new StarlarkTuple(values));
  const raises = or(...items.flatMap((item) => item.cases.filter((k) => k.shape.kind === 'raised').map((k) => k.when)));
  const calm = items.map((item) => ({ ...item, cases: item.cases.filter((k) => k.shape.kind !== 'raised') }));
  const sequence = always({ kind: 'sequence', type, items: calm });
  if (raises === '0') return sequence;
  if (items.every((item) => item.open === '0')) return split(raises, RAISED, sequence);
  return { cases: [...sequence.cases, { when: raises, shape: { kind: 'raised' } }], open: or(raises, ...items.map((item) => item.open)) };
}

/** A dict of constants. */
function dictDisplay(e: Extract<Expr, { kind: 'dict' }>, scope: Scope, c: Context): Symbolic {
  const values = e.entries.flatMap((x) => [x.key, x.value]).map((item) => onlyConstant(evaluate(item, scope, c)));
  if (values.every((v) => v !== undefined)) return computed(() => dictOf(values));
  return c.unknown('a dict made from the event is left to the interpreter');
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
