import { StarlarkSet } from './set.ts';
import type { Value } from './values.ts';

/** x's elements, then the others that are new. */
export function unionOf(x: StarlarkSet, others: readonly Value[]): StarlarkSet {
  return StarlarkSet.from([...x.items(), ...others]);
}

export function intersectionOf(x: StarlarkSet, others: readonly Value[]): StarlarkSet {
  const other = StarlarkSet.from(others);
  return StarlarkSet.from(x.items().filter((i) => other.has(i)));
}

export function differenceOf(x: StarlarkSet, others: readonly Value[]): StarlarkSet {
  const other = StarlarkSet.from(others);
  return StarlarkSet.from(x.items().filter((i) => !other.has(i)));
}

export function symmetricDifferenceOf(x: StarlarkSet, others: readonly Value[]): StarlarkSet {
  return StarlarkSet.from([...differenceOf(x, others).items(), ...others.filter((i) => !x.has(i))]);
}
