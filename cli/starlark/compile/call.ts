import type { Argument, Call, Dot } from '../syntax/ast.ts';
import type { Span } from '../syntax/span.ts';
import { callMethod, getAttribute, methodFinder } from '../run/attributes.ts';
import { NO_KWARGS } from '../run/builtin.ts';
import { invoke, runFrame, takeFrame } from '../run/call.ts';
import { StarlarkDict } from '../run/dict.ts';
import { EvalError } from '../run/errors.ts';
import type { Eval, Frame } from '../run/frame.ts';
import { type Module, StarlarkFunction } from '../run/function.ts';
import { iterate } from '../run/iterate.ts';
import { typeName } from '../run/type-name.ts';
import type { Value } from '../run/values.ts';
import { compileExpr } from './expression.ts';

/**
 * A call. Positional arguments of a plain function go straight into its slots; methods of builtin types are called without a bound value.
 */
export function compileCall(e: Call, m: Module): Eval {
  const args = compileArguments(e.args, m);
  if (e.callee.kind === 'dot') return compileMethodCall(e, e.callee, args, m);
  const callee = compileExpr(e.callee, m);
  const { span } = e;
  if (!args.positionalOnly) {
    return (f) => {
      const fn = callee(f);
      const positional = args.positional(f);
      const kwargs = args.named(f);
      f.at = span;
      return invoke(f.thread, fn, positional, kwargs);
    };
  }
  return compilePositionalCall(callee, args, span);
}

function compilePositionalCall(callee: Eval, { parts, positional }: CompiledArguments, span: Span): Eval {
  const [first, second] = parts;
  if (first === undefined) return callWithNone(callee, span);
  if (second === undefined) return callWithOne(callee, first, span);
  if (parts.length === 2) return callWithTwo(callee, first, second, span);
  return (f) => {
    const fn = callee(f);
    const values = positional(f);
    f.at = span;
    return invoke(f.thread, fn, values);
  };
}

function callWithNone(callee: Eval, span: Span): Eval {
  return (f) => {
    const fn = callee(f);
    f.at = span;
    if (!(fn instanceof StarlarkFunction) || fn.code.arity !== 0) return invoke(f.thread, fn, []);
    return runFrame(f.thread, fn.code, takeFrame(f.thread, fn));
  };
}

function callWithOne(callee: Eval, first: Eval, span: Span): Eval {
  return (f) => {
    const fn = callee(f);
    const a = first(f);
    f.at = span;
    if (!(fn instanceof StarlarkFunction) || fn.code.arity !== 1) return invoke(f.thread, fn, [a]);
    const frame = takeFrame(f.thread, fn);
    frame.locals[0] = a;
    return runFrame(f.thread, fn.code, frame);
  };
}

function callWithTwo(callee: Eval, first: Eval, second: Eval, span: Span): Eval {
  return (f) => {
    const fn = callee(f);
    const a = first(f);
    const b = second(f);
    f.at = span;
    if (!(fn instanceof StarlarkFunction) || fn.code.arity !== 2) return invoke(f.thread, fn, [a, b]);
    const frame = takeFrame(f.thread, fn);
    frame.locals[0] = a;
    frame.locals[1] = b;
    return runFrame(f.thread, fn.code, frame);
  };
}

function compileMethodCall(e: Call, callee: Dot, args: CompiledArguments, m: Module): Eval {
  const object = compileExpr(callee.object, m);
  const { name, nameSpan } = callee;
  const { span } = e;
  const { parts, positionalOnly } = args;
  const find = methodFinder(name);
  const [only] = parts;
  const single = positionalOnly && parts.length === 1 && only !== undefined ? only : null;
  return (f) => {
    const self = object(f);
    const method = find(self);
    if (method !== undefined) {
      if (single !== null && method.required <= 1 && method.params.length >= 1) {
        const argument = single(f);
        f.at = span;
        return method.run(self, [argument], f.thread, NO_KWARGS);
      }
      const positional = args.positional(f);
      const kwargs = positionalOnly ? NO_KWARGS : args.named(f);
      f.at = span;
      return callMethod(f.thread, method, self, positional, kwargs);
    }
    f.at = nameSpan;
    const fn = getAttribute(self, name);
    const positional = args.positional(f);
    const kwargs = positionalOnly ? NO_KWARGS : args.named(f);
    f.at = span;
    return invoke(f.thread, fn, positional, kwargs);
  };
}

interface CompiledArguments {
  readonly positionalOnly: boolean;
  /** The positional arguments when there is nothing else. */
  readonly parts: readonly Eval[];
  readonly positional: (f: Frame) => Value[];
  readonly named: (f: Frame) => Map<string, Value>;
}

function compileArguments(list: readonly Argument[], m: Module): CompiledArguments {
  const parts = list.filter((a) => a.kind === 'positional').map((a) => compileExpr(a.value, m));
  const spread = list.find((a) => a.kind === 'args');
  const named = list.flatMap((a) => (a.kind === 'named' ? [{ name: a.name, value: compileExpr(a.value, m) }] : []));
  const rest = list.find((a) => a.kind === 'kwargs');
  const spreadValue = spread === undefined ? null : compileExpr(spread.value, m);
  const restValue = rest === undefined ? null : compileExpr(rest.value, m);
  return {
    positionalOnly: parts.length === list.length,
    parts,
    positional: (f) => {
      const values: Value[] = [];
      for (let i = 0; i < parts.length; i++) values.push((parts[i] as Eval)(f));
      if (spreadValue !== null && spread !== undefined) appendSpread(values, spreadValue(f), f, spread);
      return values;
    },
    named: (f) => {
      const kwargs = new Map<string, Value>();
      for (const { name, value } of named) kwargs.set(name, value(f));
      if (restValue !== null && rest !== undefined) appendKeywords(kwargs, restValue(f), f, rest);
      return kwargs;
    },
  };
}

function appendSpread(values: Value[], list: Value, f: Frame, at: Argument): void {
  f.at = at.span;
  if (typeof list === 'string') throw new EvalError('argument after * must be iterable, not string');
  for (const v of iterate(list, 'argument after *')) values.push(v);
}

function appendKeywords(kwargs: Map<string, Value>, dict: Value, f: Frame, at: Argument): void {
  f.at = at.span;
  if (!(dict instanceof StarlarkDict)) throw new EvalError(`argument after ** must be a mapping, not ${typeName(dict)}`);
  for (const [key, value] of dict.entries()) {
    if (typeof key !== 'string') throw new EvalError(`keywords must be strings, not ${typeName(key)}`);
    if (kwargs.has(key)) throw new EvalError(`keyword argument '${key}' has multiple values`);
    kwargs.set(key, value);
  }
}
