import type { Expr } from '../syntax/ast.ts';
import type { Value } from '../run/values.ts';

/**
 * The slot of a local variable that no inner function captured; −1 for anything else. Most operands are such variables, and a closure
 * that reads them itself (`slot >= 0 ? f.locals[slot] : operand(f)`) is much faster than one that calls. A slot may be undefined where
 * the variable has no value yet; calling the operand then raises.
 */
export function plainSlot(e: Expr): number {
  return e.kind === 'ident' && e.binding?.kind === 'local' && !e.binding.variable.captured ? e.binding.variable.index : -1;
}

/** The value of a literal, or undefined. */
export function literalOf(e: Expr): Value | undefined {
  return e.kind === 'int' || e.kind === 'string' ? e.value : undefined;
}
