import type { Frame } from '../run/frame.ts';
import { elementsOf, iterate } from '../run/iterate.ts';
import { stepsExceeded } from '../run/thread.ts';
import { Mutable, StarlarkRange, type Value } from '../run/values.ts';

/** Gives each element to `round` until it answers false. What is iterated over cannot change meanwhile. */
export function forEach(f: Frame, iterable: Value, round: (value: Value) => boolean): void {
  const { thread } = f;
  if (iterable instanceof StarlarkRange) {
    const { start, step, length } = iterable;
    for (let i = 0; i < length; i++) {
      if (++thread.steps > thread.stepLimit) throw stepsExceeded(thread);
      if (!round(start + i * step)) return;
    }
    return;
  }
  const items = elementsOf(iterable) ?? iterate(iterable);
  const guarded = iterable instanceof Mutable && !iterable.frozen ? iterable : null;
  if (guarded !== null) guarded.iterators++;
  try {
    for (let i = 0; i < items.length; i++) {
      if (++thread.steps > thread.stepLimit) throw stepsExceeded(thread);
      if (!round(items[i] as Value)) return;
    }
  } finally {
    if (guarded !== null) guarded.iterators--;
  }
}

