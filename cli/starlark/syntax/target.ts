import type { Expr } from './ast.ts';
import type { Cursor } from './cursor.ts';

/** Fails unless the expression can be assigned to. */
export function checkTarget(c: Cursor, target: Expr): void {
  switch (target.kind) {
    case 'ident':
    case 'index':
    case 'dot':
      return;
    case 'tuple':
    case 'list':
      for (const item of target.items) checkTarget(c, item);
      return;
    default:
      c.fail(
        'syntax error: cannot assign to this expression',
        target.span,
        "a target is a name, x[i], x.name, or names with commas; compare with '=='",
      );
  }
}
