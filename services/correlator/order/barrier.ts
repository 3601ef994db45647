import type { Source } from './source.ts';

/** A barrier that waits for its sources. Times are ns since the run's epoch. */
export interface Barrier {
  readonly number: number;
  readonly until: number;
  readonly reason: string;
  readonly sources: readonly Source[];
}

/**
 * Whether every source has answered. The runner answers last, when it has spoken for every collector that it did not hear, so all answers
 * that count are there. The last barrier takes in what the bus has of such a collector: it waits until that is read (`atEnd`).
 */
export function isDue({ number, reason, sources }: Barrier, atEnd: boolean): boolean {
  const answers = sources.map((s) => s.answers.get(number));
  return answers.every((answer) => answer !== undefined && (atEnd || !answer.foreign || reason !== 'final'));
}
