import type { Argument, Call, Dot } from '../syntax/ast.ts';
import type { Span } from '../syntax/span.ts';
import { callMethod, getAttribute, methodFinder } from '../run/attributes.ts';
import { NO_KWARGS } from '../run/builtin.ts';
import { noteCallSite } from '../run/call-sites.ts';
import { argumentSlots, invoke, placeArguments, runFrame, takeFrame } from '../run/call.ts';
import { StarlarkDict } from '../run/dict.ts';
import { EvalError } from '../run/errors.ts';
import type { Eval, Frame } from '../run/frame.ts';
import { type FunctionCode, type Module, StarlarkFunction } from '../run/function.ts';
import { iterate } from '../run/iterate.ts';
import { work } from '../run/limits.ts';
import { typeName } from '../run/type-name.ts';
import type { Value } from '../run/values.ts';
import { compileExpr } from './expression.ts';

/**
 * A call. Positional arguments of a plain function go straight into its slots; methods of builtin types are called without a bound value.
 */
export function compileCall(e: Call, m: Module): Eval {
  const args = compileArguments(e.args, m);
  noteCallSite(e);
  if (e.callee.kind === 'dot') return compileMethodCall(e, e.callee, args, m);
  const callee = compileExpr(e.callee, m);
  const { span } = e;
  if (args.positionalOnly && args.parts.length < 3) return compileShortCall(callee, args.parts, span);
  if (!args.spread) return compilePlainCall(callee, args, span);
  return (f) => {
    const fn = callee(f);
    const positional = args.positional(f);
    const kwargs = args.named(f);
    f.at = span;
    return invoke(f.thread, fn, positional, kwargs);
  };
}

function compileShortCall(callee: Eval, [first, second]: readonly Eval[], span: Span): Eval {
  if (first === undefined) return callWithNone(callee, span);
  return second === undefined ? callWithOne(callee, first, span) : callWithTwo(callee, first, second, span);
}

/** A call whose arguments have fixed places: where they go is found once for each function that is called here. */
function compilePlainCall(callee: Eval, { parts, names, values }: CompiledArguments, span: Span): Eval {
  let known: FunctionCode | null = null;
  let slots: readonly number[] | null = null;
  return (f) => {
    const fn = callee(f);
    const given = values(f);
    f.at = span;
    if (fn instanceof StarlarkFunction && fn.code !== known) {
      known = fn.code;
      slots = argumentSlots(known, parts.length, names);
    }
    if (!(fn instanceof StarlarkFunction) || slots === null) {
      return invoke(f.thread, fn, given.slice(0, parts.length), new Map(names.map((name, i) => [name, given[parts.length + i] as Value])));
    }
    const frame = takeFrame(f.thread, fn);
    placeArguments(fn, frame.locals, slots, given);
    return runFrame(f.thread, fn.code, frame);
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
  const count = parts.length;
  return (f) => {
    const self = object(f);
    const method = find(self);
    if (typeof self === 'string' && self.length > 1024) work(self.length);
    if (method !== undefined) {
      if (positionalOnly && method.required <= count && (method.params.length >= count || method.variadic)) {
        const given = args.positional(f);
        f.at = span;
        return method.run(self, given, f.thread, NO_KWARGS);
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

/** Evaluates expressions into an array. */
function listOf(parts: readonly Eval[]): (f: Frame) => Value[] {
  const [a, b, c] = parts;
  if (a === undefined) return () => [];
  if (b === undefined) return (f) => [a(f)];
  if (c === undefined) return (f) => [a(f), b(f)];
  if (parts.length === 3) return (f) => [a(f), b(f), c(f)];
  return (f) => parts.map((part) => part(f));
}

interface CompiledArguments {
  readonly positionalOnly: boolean;
  /** Whether there is *args or **kwargs. */
  readonly spread: boolean;
  readonly names: readonly string[];
  /** The positional arguments, then the named ones. */
  readonly values: (f: Frame) => Value[];
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
  const listed = listOf(parts);
  return {
    positionalOnly: parts.length === list.length,
    spread: spread !== undefined || rest !== undefined,
    names: named.map((n) => n.name),
    values: listOf([...parts, ...named.map((n) => n.value)]),
    parts,
    positional: spreadValue === null || spread === undefined ? listed : (f) => {
      const values = listed(f);
      appendSpread(values, spreadValue(f), f, spread);
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
