import type { Expr, Ident } from '../syntax/ast.ts';
import type { Span } from '../syntax/span.ts';
import { getAttribute } from '../run/attributes.ts';
import { StarlarkDict } from '../run/dict.ts';
import { EvalError } from '../run/errors.ts';
import type { Cell, Eval } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import { binary, unary } from '../run/operators.ts';
import { repr } from '../run/repr.ts';
import { getIndex, slice } from '../run/subscript.ts';
import { truth } from '../run/truth.ts';
import { StarlarkBytes, StarlarkFloat, StarlarkList, StarlarkTuple, type Value } from '../run/values.ts';
import { compileBinary } from './binary.ts';
import { compileCall } from './call.ts';
import { compileComprehension } from './comprehension.ts';
import { compileLambda } from './function.ts';

/** An expression as a closure over its compiled parts. */
export function compileExpr(e: Expr, m: Module): Eval {
  switch (e.kind) {
    case 'ident': return compileIdent(e, m);
    case 'int': case 'string': return constant(e.value);
    case 'float': return constant(new StarlarkFloat(e.value));
    case 'bytes': return constant(new StarlarkBytes(Uint8Array.from(Buffer.from(e.value, 'latin1'))));
    case 'unary': return compileUnary(e, m);
    case 'binary': return compileBinary(e, compileExpr(e.left, m), compileExpr(e.right, m), binary);
    case 'logical': return compileLogical(e.op, compileExpr(e.left, m), compileExpr(e.right, m));
    case 'conditional': return compileConditional(compileTest(e.test, m), compileExpr(e.then, m), compileExpr(e.otherwise, m));
    case 'call': return compileCall(e, m);
    case 'index': return compileIndex(e, m);
    case 'slice': return compileSlice(e, m);
    case 'dot': return compileDot(e, m);
    case 'list': return compileList(e.items, m);
    case 'tuple': return compileTuple(e.items, m);
    case 'dict': return compileDict(e, m);
    case 'comprehension': return compileComprehension(e, m);
    case 'lambda': return compileLambda(e, m);
  }
}

function constant(value: Value): Eval {
  return () => value;
}

type Test = (f: Parameters<Eval>[0]) => boolean;

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in']);

/** An expression of which only the truth matters. */
export function compileTest(e: Expr, m: Module): Test {
  if (e.kind === 'logical') return testBoth(e.op, compileTest(e.left, m), compileTest(e.right, m));
  const value = compileExpr(e, m);
  if ((e.kind === 'binary' && COMPARISONS.has(e.op)) || (e.kind === 'unary' && e.op === 'not')) return value as Test;
  return (f) => {
    const v = value(f);
    return typeof v === 'boolean' ? v : truth(v);
  };
}

function testBoth(op: 'and' | 'or', left: Test, right: Test): Test {
  return op === 'and' ? (f) => left(f) && right(f) : (f) => left(f) || right(f);
}

function compileIdent(ident: Ident, m: Module): Eval {
  const { binding, name, span } = ident;
  switch (binding?.kind) {
    case 'local': return compileLocal(ident, binding.variable.index, binding.variable.captured, binding.variable.isParam);
    case 'free': {
      const { index } = binding;
      return (f) => {
        const value = (f.captured[index] as Cell).value;
        if (value !== undefined) return value;
        f.at = span;
        throw unassigned('local', name);
      };
    }
    case 'global': {
      const { globals } = m;
      const { index } = binding.variable;
      return (f) => {
        const value = globals[index];
        if (value !== undefined) return value;
        f.at = span;
        throw unassigned('global', name);
      };
    }
    case 'predeclared': return constant(m.predeclared.get(name) as Value);
    case 'universal': return constant(m.universal.get(name) as Value);
    default: throw new Error(`the name ${name} was not resolved`);
  }
}

function unassigned(scope: string, name: string): EvalError {
  return new EvalError(
    `${scope} variable ${name} referenced before assignment`,
    scope === 'local' ? `an assignment in this function makes '${name}' local to it` : null,
  );
}

function compileLocal({ name, span }: Ident, index: number, captured: boolean, isParam: boolean): Eval {
  if (captured) {
    return (f) => {
      const value = (f.locals[index] as Cell | undefined)?.value;
      if (value !== undefined) return value;
      f.at = span;
      throw unassigned('local', name);
    };
  }
  if (isParam) return (f) => f.locals[index] as Value;
  return (f) => {
    const value = f.locals[index] as Value | undefined;
    if (value !== undefined) return value;
    f.at = span;
    throw unassigned('local', name);
  };
}

function compileUnary(e: Extract<Expr, { kind: 'unary' }>, m: Module): Eval {
  if (e.op === 'not') {
    const test = compileTest(e.operand, m);
    return (f) => !test(f);
  }
  const operand = compileExpr(e.operand, m);
  const { op, span } = e;
  if (op === '-' && e.operand.kind === 'int') return constant(unary('-', e.operand.value));
  return (f) => {
    const x = operand(f);
    f.at = span;
    return unary(op, x);
  };
}

function compileLogical(op: 'and' | 'or', left: Eval, right: Eval): Eval {
  if (op === 'and') {
    return (f) => {
      const x = left(f);
      return (typeof x === 'boolean' ? x : truth(x)) ? right(f) : x;
    };
  }
  return (f) => {
    const x = left(f);
    return (typeof x === 'boolean' ? x : truth(x)) ? x : right(f);
  };
}

function compileConditional(test: Test, then: Eval, otherwise: Eval): Eval {
  return (f) => (test(f) ? then(f) : otherwise(f));
}

function compileIndex(e: Extract<Expr, { kind: 'index' }>, m: Module): Eval {
  const object = compileExpr(e.object, m);
  const index = compileExpr(e.index, m);
  const { span } = e;
  if (e.index.kind === 'string') return compileField(object, e.index.value, span);
  return (f) => {
    const x = object(f);
    const i = index(f);
    if (typeof i === 'number' && i >= 0 && x instanceof StarlarkList && i < x.items.length) return x.items[i] as Value;
    f.at = span;
    return getIndex(x, i);
  };
}

/** `object["key"]`. */
function compileField(object: Eval, key: string, span: Span): Eval {
  return (f) => {
    const x = object(f);
    const value = x instanceof StarlarkDict ? x.get(key) : undefined;
    if (value !== undefined) return value;
    f.at = span;
    return getIndex(x, key);
  };
}

function compileSlice(e: Extract<Expr, { kind: 'slice' }>, m: Module): Eval {
  const [object, from, to, step] = [e.object, e.from, e.to, e.step].map(
    (p) => (p === null ? constant(null) : compileExpr(p, m)),
  ) as [Eval, Eval, Eval, Eval];
  const { span } = e;
  return (f) => {
    const x = object(f);
    const a = from(f);
    const b = to(f);
    const c = step(f);
    f.at = span;
    return slice(x, a, b, c);
  };
}

function compileDot(e: Extract<Expr, { kind: 'dot' }>, m: Module): Eval {
  const object = compileExpr(e.object, m);
  const { name, nameSpan } = e;
  return (f) => {
    const x = object(f);
    f.at = nameSpan;
    return getAttribute(x, name);
  };
}

function compileList(items: readonly Expr[], m: Module): Eval {
  const parts = items.map((i) => compileExpr(i, m));
  return (f) => {
    const values: Value[] = [];
    for (let i = 0; i < parts.length; i++) values.push((parts[i] as Eval)(f));
    return new StarlarkList(values);
  };
}

function compileTuple(items: readonly Expr[], m: Module): Eval {
  const parts = items.map((i) => compileExpr(i, m));
  if (parts.length === 2) {
    const [a, b] = parts as [Eval, Eval];
    return (f) => new StarlarkTuple([a(f), b(f)]);
  }
  return (f) => {
    const values: Value[] = [];
    for (let i = 0; i < parts.length; i++) values.push((parts[i] as Eval)(f));
    return new StarlarkTuple(values);
  };
}

function compileDict(e: Extract<Expr, { kind: 'dict' }>, m: Module): Eval {
  const entries = e.entries.map((entry) => ({ key: compileExpr(entry.key, m), value: compileExpr(entry.value, m), span: entry.key.span }));
  return (f) => {
    const dict = new StarlarkDict();
    for (const entry of entries) {
      const key = entry.key(f);
      const value = entry.value(f);
      f.at = entry.span;
      if (dict.has(key)) throw new EvalError(`duplicate key: ${repr(key)}`);
      dict.put(key, value);
    }
    return dict;
  };
}

