import type { If, Stmt } from '../syntax/ast.ts';
import { type Eval, type Exec, RETURN } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import { compileExpr, compileTest } from './expression.ts';
import { compileBlock } from './statement.ts';

/** How many `if … return` may follow each other as nested closures. */
const MAX_CHAIN = 40;

/**
 * The statements of a function as an expression: the value that they return. A `return` at the end of a branch is the branch's value, and
 * does not have to be carried past the statements after it.
 */
export function compileBody(body: readonly Stmt[], m: Module, chain = 0): Eval {
  const end = body.findIndex((s) => s.kind === 'return' || (s.kind === 'if' && chain < MAX_CHAIN && alwaysReturns(s.then)));
  const last = end < 0 ? undefined : body[end];
  const before = end < 0 ? body : body.slice(0, end);
  let value: Eval = () => null;
  if (last?.kind === 'return' && last.value !== null) value = compileExpr(last.value, m);
  else if (last?.kind === 'if') value = compileBranches(last, body.slice(end + 1), m, chain + 1);
  return before.length === 0 ? value : after(compileBlock(before, m, null), before.some(mayReturn), value);
}

function compileBranches(s: If, rest: readonly Stmt[], m: Module, chain: number): Eval {
  const test = compileTest(s.test, m);
  const then = compileBody(s.then, m, chain);
  const otherwise = compileBody([...s.otherwise, ...rest], m, chain);
  return (f) => (test(f) ? then(f) : otherwise(f));
}

function after(run: Exec, returns: boolean, value: Eval): Eval {
  if (returns) return (f) => (run(f) === RETURN ? f.result : value(f));
  return (f) => {
    run(f);
    return value(f);
  };
}

function alwaysReturns(body: readonly Stmt[]): boolean {
  const last = body.at(-1);
  return last?.kind === 'return' || (last?.kind === 'if' && alwaysReturns(last.then) && alwaysReturns(last.otherwise));
}

function mayReturn(s: Stmt): boolean {
  switch (s.kind) {
    case 'return': return true;
    case 'if': return s.then.some(mayReturn) || s.otherwise.some(mayReturn);
    case 'for': return s.body.some(mayReturn);
    default: return false;
  }
}
