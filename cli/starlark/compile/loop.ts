import type { Expr } from '../syntax/ast.ts';
import { BREAK, type Completion, type Exec, type Frame, NEXT, RETURN } from '../run/frame.ts';
import { elementsOf, iterate } from '../run/iterate.ts';
import { stepsExceeded } from '../run/thread.ts';
import { Mutable, StarlarkRange, type Value } from '../run/values.ts';

/** Stores the loop's variable. */
export type Bind = (f: Frame, value: Value) => void;

/** The slot of a loop's variable when storing it is all there is to do; −1 otherwise. */
export function plainSlot(target: Expr): number {
  return target.kind === 'ident' && target.binding?.kind === 'local' && !target.binding.variable.captured
    ? target.binding.variable.index
    : -1;
}

/**
 * Runs the body for each element, with the element in `slot`, or given to `bind` when that is −1. What is iterated over cannot change
 * meanwhile.
 */
export function runLoop(f: Frame, iterable: Value, slot: number, bind: Bind, body: Exec): Completion {
  if (iterable instanceof StarlarkRange) return overRange(f, iterable, slot, bind, body);
  const items = elementsOf(iterable) ?? iterate(iterable);
  if (!(iterable instanceof Mutable) || iterable.frozen) return overItems(f, items, slot, bind, body);
  iterable.iterators++;
  try {
    return overItems(f, items, slot, bind, body);
  } finally {
    iterable.iterators--;
  }
}

function overRange(f: Frame, { start, step, length }: StarlarkRange, slot: number, bind: Bind, body: Exec): Completion {
  const { thread, locals } = f;
  for (let i = 0; i < length; i++) {
    if (++thread.steps > thread.stepLimit) throw stepsExceeded(thread);
    if (slot >= 0) locals[slot] = start + i * step;
    else bind(f, start + i * step);
    const completion = body(f);
    if (completion === BREAK) break;
    if (completion === RETURN) return RETURN;
  }
  return NEXT;
}

function overItems(f: Frame, items: readonly Value[], slot: number, bind: Bind, body: Exec): Completion {
  const { thread, locals } = f;
  for (let i = 0; i < items.length; i++) {
    if (++thread.steps > thread.stepLimit) throw stepsExceeded(thread);
    if (slot >= 0) locals[slot] = items[i] as Value;
    else bind(f, items[i] as Value);
    const completion = body(f);
    if (completion === BREAK) break;
    if (completion === RETURN) return RETURN;
  }
  return NEXT;
}
