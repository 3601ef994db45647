import { elementsOf, iterate } from './iterate.ts';
import { Mutable, StarlarkRange, type Value } from './values.ts';

/** What a loop goes over: elements, or a range, which needs no array. */
export interface Loop {
  readonly over: Value;
  readonly items: readonly Value[] | null;
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** Begins a loop over a value, which cannot change until `endLoop`. */
export function beginLoop(over: Value): Loop {
  if (over instanceof StarlarkRange) return { over, items: null, start: over.start, step: over.step, length: over.length };
  const items = elementsOf(over) ?? iterate(over);
  if (over instanceof Mutable) over.iterators++;
  return { over, items, start: 0, step: 0, length: items.length };
}

/** The element of round `i`. */
export function elementAt({ items, start, step }: Loop, i: number): Value {
  return items === null ? start + i * step : (items[i] as Value);
}

export function endLoop({ over }: Loop): void {
  if (over instanceof Mutable) over.iterators--;
}
