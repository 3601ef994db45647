import type { FuzzResult } from './fuzz.ts';

/** A result for people, with the examples of what was wrong. */
export function summary(result: FuzzResult): string {
  const { kinds, outcomes, faults } = result;
  const n = (count: number): string => count.toLocaleString('en');
  const lines = [
    `${n(result.predicates)} predicates: ${n(kinds.exact)} exact, ${n(kinds.prefilter)} exact on some rows, ` +
      `${n(kinds.none)} not translated; ${n(result.narrowed)} narrow types or services`,
    `${n(result.checks)} checks of a row: ${n(outcomes.truthy)} truthy, ${n(outcomes.falsy)} falsy, ${n(outcomes.raised)} raised; ` +
      `${n(result.decided)} decided by SQL alone`,
    `${n(faults.unsound)} unsound, ${n(faults.inexact)} exactness violations, ` +
      `${n(faults.dependence)} matches outside the types and services, ${n(faults.refused)} refused by the store`,
    ...result.examples,
  ];
  return `${lines.join('\n')}\n`;
}
