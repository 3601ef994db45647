import type { Clause, Comprehension } from '../syntax/ast.ts';
import { StarlarkDict } from '../run/dict.ts';
import type { Eval, Frame } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import { checkItems } from '../run/limits.ts';
import { StarlarkList, type Value } from '../run/values.ts';
import { compileTarget } from './assign.ts';
import { compileExpr, compileTest } from './expression.ts';
import { forEach } from './loop.ts';

/** Runs what is inside the clauses, giving results to `out`. */
type Inner<T> = (f: Frame, out: T) => void;

/** A list or dict comprehension. */
export function compileComprehension(e: Comprehension, m: Module): Eval {
  const body = compileExpr(e.body, m);
  if (e.key === null) {
    const run = compileClauses<Value[]>(e.clauses, 0, m, (f, out) => {
      out.push(body(f));
      if ((out.length & 0xffff) === 0) checkItems(out.length);
    });
    return (f) => {
      const items: Value[] = [];
      run(f, items);
      return new StarlarkList(items);
    };
  }
  const key = compileExpr(e.key, m);
  const { span } = e.key;
  const run = compileClauses<StarlarkDict>(e.clauses, 0, m, (f, out) => {
    const k = key(f);
    const v = body(f);
    f.at = span;
    out.put(k, v);
  });
  return (f) => {
    const dict = new StarlarkDict();
    run(f, dict);
    return dict;
  };
}

function compileClauses<T>(clauses: readonly Clause[], i: number, m: Module, body: Inner<T>): Inner<T> {
  const clause = clauses[i];
  if (clause === undefined) return body;
  const inner = compileClauses(clauses, i + 1, m, body);
  if (clause.kind === 'if') {
    const test = compileTest(clause.test, m);
    return (f, out) => {
      if (test(f)) inner(f, out);
    };
  }
  const iterable = compileExpr(clause.iterable, m);
  const assign = compileTarget(clause.target, m);
  const { span } = clause.iterable;
  return (f, out) => {
    const items = iterable(f);
    f.at = span;
    forEach(f, items, assign, (frame) => {
      inner(frame, out);
      return true;
    });
  };
}
