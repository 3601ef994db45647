import type { AugAssign, BinaryOp, Expr } from '../syntax/ast.ts';
import { getAttribute } from '../run/attributes.ts';
import { StarlarkDict } from '../run/dict.ts';
import { EvalError } from '../run/errors.ts';
import { Cell, type Eval, type Exec, type Frame, NEXT } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import { elementsOf, iterate } from '../run/iterate.ts';
import { checkItems } from '../run/limits.ts';
import { checkMutable } from '../run/mutation.ts';
import { binary } from '../run/operators.ts';
import { getIndex, setIndex } from '../run/subscript.ts';
import { typeName } from '../run/type-name.ts';
import { StarlarkList, type Value } from '../run/values.ts';
import { StarlarkSet } from '../run/set.ts';
import { compileExpr } from './expression.ts';
import { plainSlot } from './operand.ts';

type Assign = (f: Frame, value: Value) => void;

/** Stores a value in a target: a name, an element, or several at once. */
export function compileTarget(target: Expr, m: Module): Assign {
  switch (target.kind) {
    case 'ident': return compileName(target, m);
    case 'index': {
      const object = compileExpr(target.object, m);
      const index = compileExpr(target.index, m);
      const { span } = target;
      return (f, value) => {
        const x = object(f);
        const i = index(f);
        f.at = span;
        setIndex(x, i, value);
      };
    }
    case 'dot': {
      const object = compileExpr(target.object, m);
      const { name, nameSpan } = target;
      return (f) => {
        const x = object(f);
        f.at = nameSpan;
        throw new EvalError(`can't assign to .${name} field of ${typeName(x)}`, 'fields do not change; make a new value');
      };
    }
    case 'tuple': case 'list': return compileUnpack(target.items.map((t) => compileTarget(t, m)), target);
    default: throw new Error(`the parser allows no ${target.kind} as a target`);
  }
}

function compileName(ident: Extract<Expr, { kind: 'ident' }>, m: Module): Assign {
  const { binding } = ident;
  if (binding?.kind === 'global') {
    const { globals } = m;
    const { index } = binding.variable;
    return (_, value) => {
      globals[index] = value;
    };
  }
  if (binding?.kind !== 'local') throw new Error(`the name ${ident.name} cannot be assigned here`);
  const { index, captured } = binding.variable;
  if (!captured) {
    return (f, value) => {
      f.locals[index] = value;
    };
  }
  return (f, value) => {
    const cell = f.locals[index];
    if (cell instanceof Cell) cell.value = value;
    else f.locals[index] = new Cell(value);
  };
}

function compileUnpack(targets: readonly Assign[], { span }: Expr): Assign {
  const want = targets.length;
  return (f, value) => {
    const items = elementsOf(value);
    f.at = span;
    if (items === null) throw new EvalError(`got ${typeName(value)} in sequence assignment: it is not iterable`);
    if (items.length !== want) {
      throw new EvalError(`too ${items.length > want ? 'many' : 'few'} values to unpack (got ${items.length}, want ${want})`);
    }
    const values = items.slice();
    for (let i = 0; i < want; i++) (targets[i] as Assign)(f, values[i] as Value);
  };
}

/** `target op= value`: the target's parts are evaluated once; lists, dicts and sets change in place where they can. */
export function compileAugAssign(s: AugAssign, m: Module): Exec {
  const value = compileExpr(s.value, m);
  const { op, target, span } = s;
  const combine = (f: Frame, old: Value, by: Value): Value => {
    f.at = span;
    return inPlace(op, old, by) ?? binary(op, old, by);
  };
  if (target.kind === 'ident') {
    const read = compileExpr(target, m);
    const slot = plainSlot(target);
    if (slot >= 0) return augmentLocal(op, slot, value, (f, old, by) => combine(f, old === undefined ? read(f) : old, by));
    const write = compileTarget(target, m);
    return (f) => {
      const old = read(f);
      const by = value(f);
      if (typeof old === 'number' && typeof by === 'number' && op === '+' && Number.isSafeInteger(old + by)) write(f, old + by);
      else write(f, combine(f, old, by));
      return NEXT;
    };
  }
  if (target.kind !== 'index' && target.kind !== 'dot') throw new Error(`the parser allows no ${target.kind} as a target`);
  const object = compileExpr(target.object, m);
  const index = target.kind === 'index' ? compileExpr(target.index, m) : null;
  const name = target.kind === 'dot' ? target.name : '';
  return (f) => {
    const x = object(f);
    if (index === null) {
      f.at = target.span;
      getAttribute(x, name);
      throw new EvalError(`can't assign to .${name} field of ${typeName(x)}`, 'fields do not change; make a new value');
    }
    const i = index(f);
    f.at = target.span;
    const old = getIndex(x, i);
    const result = combine(f, old, value(f));
    f.at = target.span;
    setIndex(x, i, result);
    return NEXT;
  };
}

function augmentLocal(op: BinaryOp, slot: number, value: Eval, combine: (f: Frame, old: Value | undefined, by: Value) => Value): Exec {
  if (op !== '+') {
    return (f) => {
      const old = f.locals[slot] as Value | undefined;
      f.locals[slot] = combine(f, old, value(f));
      return NEXT;
    };
  }
  return (f) => {
    const old = f.locals[slot] as Value | undefined;
    const by = value(f);
    if (typeof old === 'number' && typeof by === 'number') {
      const sum = old + by;
      if (sum <= 9007199254740991 && sum >= -9007199254740991) {
        f.locals[slot] = sum;
        return NEXT;
      }
    }
    f.locals[slot] = combine(f, old, by);
    return NEXT;
  };
}

function inPlace(op: string, old: Value, by: Value): Value | null {
  if (op === '+' && old instanceof StarlarkList) {
    const items = elementsOf(by);
    if (items === null) return null;
    checkMutable(old, 'extend');
    checkItems(old.items.length + items.length);
    for (const item of items.slice()) old.items.push(item);
    return old;
  }
  if (op === '|' && old instanceof StarlarkDict && by instanceof StarlarkDict) {
    checkMutable(old, 'update');
    for (const [k, v] of [...by.entries()]) old.put(k, v);
    return old;
  }
  if (op === '|' && old instanceof StarlarkSet && by instanceof StarlarkSet) {
    checkMutable(old, 'update');
    for (const item of iterate(by)) old.put(item);
    return old;
  }
  return null;
}
