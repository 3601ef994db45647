import type { Expr, Ident, Stmt } from '../syntax/ast.ts';

/** A name that a block of statements gives a value, and by what. */
export interface Bound {
  readonly ident: Ident;
  readonly by: 'assignment' | 'def' | 'load';
}

/** The names bound by statements, in order; bodies of defs, lambdas and comprehensions have scopes of their own. */
export function boundNames(body: readonly Stmt[]): Bound[] {
  const found: Bound[] = [];
  const visit = (statements: readonly Stmt[]): void => {
    for (const s of statements) {
      if (s.kind === 'assign' || s.kind === 'augassign') collectTargets(s.target, found);
      else if (s.kind === 'def') found.push({ ident: s.name, by: 'def' });
      else if (s.kind === 'load') for (const n of s.names) found.push({ ident: n.local, by: 'load' });
      else if (s.kind === 'for') {
        collectTargets(s.target, found);
        visit(s.body);
      } else if (s.kind === 'if') {
        visit(s.then);
        visit(s.otherwise);
      }
    }
  };
  visit(body);
  return found;
}

function collectTargets(target: Expr, found: Bound[]): void {
  if (target.kind === 'ident') found.push({ ident: target, by: 'assignment' });
  else if (target.kind === 'tuple' || target.kind === 'list') for (const item of target.items) collectTargets(item, found);
}

/** The names bound by the target of a comprehension's `for`. */
export function targetNames(target: Expr): Ident[] {
  const found: Bound[] = [];
  collectTargets(target, found);
  return found.map((b) => b.ident);
}
