import type { Frame } from '../run/frame.ts';
import { elementsOf, iterate } from '../run/iterate.ts';
import { stepsExceeded } from '../run/thread.ts';
import { Mutable, StarlarkRange, type Value } from '../run/values.ts';

/** Stores the loop's variable. */
export type Bind = (f: Frame, value: Value) => void;
/** One round of a loop; false ends it. */
export type Round = (f: Frame) => boolean;

/** Runs a round for each element. What is iterated over cannot change meanwhile. */
export function forEach(f: Frame, iterable: Value, bind: Bind, round: Round): void {
  if (iterable instanceof StarlarkRange) return forRange(f, iterable, bind, round);
  const items = elementsOf(iterable) ?? iterate(iterable);
  if (!(iterable instanceof Mutable) || iterable.frozen) return forItems(f, items, bind, round);
  iterable.iterators++;
  try {
    forItems(f, items, bind, round);
  } finally {
    iterable.iterators--;
  }
}

function forRange(f: Frame, { start, step, length }: StarlarkRange, bind: Bind, round: Round): void {
  const { thread } = f;
  for (let i = 0; i < length; i++) {
    if (++thread.steps > thread.stepLimit) throw stepsExceeded(thread);
    bind(f, start + i * step);
    if (!round(f)) return;
  }
}

function forItems(f: Frame, items: readonly Value[], bind: Bind, round: Round): void {
  const { thread } = f;
  for (let i = 0; i < items.length; i++) {
    if (++thread.steps > thread.stepLimit) throw stepsExceeded(thread);
    bind(f, items[i] as Value);
    if (!round(f)) return;
  }
}
