import { BREAK, type Completion, type Exec, type Frame, NEXT, RETURN } from '../run/frame.ts';
import { elementsOf, iterate } from '../run/iterate.ts';
import { Mutable, StarlarkRange, type Value } from '../run/values.ts';

/** Stores the loop's variable. */
export type Bind = (f: Frame, value: Value) => void;

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
  for (let i = 0, value = start; i < length; i++, value += step) {
    if (--thread.fuel < 0) thread.refuel();
    if (slot >= 0) locals[slot] = value;
    else bind(f, value);
    const completion = body(f);
    if (completion === BREAK) break;
    if (completion === RETURN) return RETURN;
  }
  return NEXT;
}

function overItems(f: Frame, items: readonly Value[], slot: number, bind: Bind, body: Exec): Completion {
  const { thread, locals } = f;
  for (let i = 0; i < items.length; i++) {
    if (--thread.fuel < 0) thread.refuel();
    if (slot >= 0) locals[slot] = items[i] as Value;
    else bind(f, items[i] as Value);
    const completion = body(f);
    if (completion === BREAK) break;
    if (completion === RETURN) return RETURN;
  }
  return NEXT;
}
