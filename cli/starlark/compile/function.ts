import type { Def, Expr, Lambda, Param } from '../syntax/ast.ts';
import type { FunctionScope } from '../resolve/scope.ts';
import { Cell, type Eval, type Frame } from '../run/frame.ts';
import { type FunctionCode, type Module, StarlarkFunction } from '../run/function.ts';
import { compileBody } from './body.ts';
import { compileExpr } from './expression.ts';

/** A lambda: makes the function where it is evaluated. */
export function compileLambda(node: Lambda, m: Module): Eval {
  return compileFunction('lambda', node, compileExpr(node.body, m), m);
}

/** A def: makes the function where it is executed. */
export function compileDef(node: Def, m: Module): Eval {
  return compileFunction(node.name.name, node, compileBody(node.body, m), m);
}

function compileFunction(name: string, node: Def | Lambda, body: Eval, m: Module): Eval {
  const { scope } = node;
  if (scope === null) throw new Error(`the function ${name} was not resolved`);
  const code = codeOf(name, node, scope, body, m);
  const byName = new Map(node.params.flatMap((p) => (p.kind === 'optional' ? [[p.name.name, compileExpr(p.default, m)] as const] : [])));
  const defaults = code.params.map((p) => byName.get(p) ?? null);
  const { free } = scope;
  return (f) => {
    const values = defaults.map((d) => d?.(f));
    const captured = free.map(({ from }) => (from.kind === 'free' ? (f.captured[from.index] as Cell) : cellAt(f, from.variable.index)));
    return new StarlarkFunction(code, values, captured);
  };
}

/** A function with another body (part of its own) in the same surroundings: the same parameters, defaults and captured variables. */
export function withBody(fn: StarlarkFunction, body: Expr): StarlarkFunction {
  return new StarlarkFunction({ ...fn.code, body: compileExpr(body, fn.code.module), idle: null }, fn.defaults, fn.captured);
}

/** The cell of a captured variable; variables of comprehensions outside functions get theirs here. */
function cellAt(f: Frame, index: number): Cell {
  const slot = f.locals[index];
  if (slot instanceof Cell) return slot;
  const cell = new Cell(slot);
  f.locals[index] = cell;
  return cell;
}

/** The resolver gives the first slots to the parameters that take one value, in order, so a parameter's index is its slot. */
function codeOf(name: string, node: Def | Lambda, scope: FunctionScope, body: Eval, m: Module): FunctionCode {
  const slotOf = (p: Exclude<Param, { kind: 'star' }>): number => (p.name.binding?.kind === 'local' ? p.name.binding.variable.index : 0);
  const starred = node.params.findIndex((p) => p.kind === 'args' || p.kind === 'star');
  const plain = node.params.filter((p) => p.kind === 'required' || p.kind === 'optional');
  const positional = starred < 0 ? plain.length : starred;
  const args = node.params.find((p) => p.kind === 'args');
  const kwargs = node.params.find((p) => p.kind === 'kwargs');
  const cellSlots = scope.locals.filter((v) => v.captured).map((v) => v.index);
  return {
    name, node, module: m, params: plain.map((p) => p.name.name), optional: plain.map((p) => p.kind === 'optional'), positional,
    argsSlot: args === undefined ? null : slotOf(args), kwargsSlot: kwargs === undefined ? null : slotOf(kwargs),
    free: scope.free, template: scope.locals.map(() => undefined), cellSlots,
    arity: args === undefined && kwargs === undefined && starred < 0 ? positional : -1, body, idle: null,
  };
}
