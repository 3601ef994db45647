import type { Clause, Comprehension } from '../syntax/ast.ts';
import { StarlarkDict } from '../run/dict.ts';
import { type Eval, type Exec, NEXT } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import { checkItems } from '../run/limits.ts';
import { StarlarkList } from '../run/values.ts';
import { compileTarget } from './assign.ts';
import { compileExpr, compileTest } from './expression.ts';
import { runLoop } from './loop.ts';
import { plainSlot } from './operand.ts';

/** A list or dict comprehension; the result grows in a slot of the frame. */
export function compileComprehension(e: Comprehension, m: Module): Eval {
  const slot = e.result?.index ?? 0;
  const run = compileClauses(e.clauses, 0, m, e.key === null ? appendItem(compileExpr(e.body, m), slot) : putEntry(e, slot, m));
  const make = e.key === null ? () => new StarlarkList([]) : () => new StarlarkDict();
  return (f) => {
    const result = make();
    f.locals[slot] = result;
    run(f);
    return result;
  };
}

function appendItem(body: Eval, slot: number): Exec {
  return (f) => {
    const value = body(f);
    const { items } = f.locals[slot] as StarlarkList;
    items.push(value);
    if ((items.length & 0xffff) === 0) checkItems(items.length);
    return NEXT;
  };
}

function putEntry(e: Comprehension, slot: number, m: Module): Exec {
  const key = compileExpr(e.key ?? e.body, m);
  const body = compileExpr(e.body, m);
  const span = (e.key ?? e.body).span;
  return (f) => {
    const k = key(f);
    const v = body(f);
    f.at = span;
    (f.locals[slot] as StarlarkDict).put(k, v);
    return NEXT;
  };
}

function compileClauses(clauses: readonly Clause[], i: number, m: Module, body: Exec): Exec {
  const clause = clauses[i];
  if (clause === undefined) return body;
  const inner = compileClauses(clauses, i + 1, m, body);
  if (clause.kind === 'if') {
    const test = compileTest(clause.test, m);
    return (f) => (test(f) ? inner(f) : NEXT);
  }
  const iterable = compileExpr(clause.iterable, m);
  const slot = plainSlot(clause.target);
  const bind = compileTarget(clause.target, m);
  const { span } = clause.iterable;
  return (f) => {
    const items = iterable(f);
    f.at = span;
    return runLoop(f, items, slot, bind, inner);
  };
}
