import type { Barrier } from './barrier.ts';
import type { EventPool } from './event-pool.ts';
import type { Source } from './source.ts';

/**
 * The events that came before their sources answered a barrier. How much of a collector that did not answer is on the bus depends on when
 * one looks: its events wait for its next answer, or for the end.
 */
export function turnOf(barrier: Barrier, sources: readonly Source[], pool: EventPool): number[] {
  const last = barrier.reason === 'final';
  // A source that was let go answers no more; what waited when it last did is due at the end.
  const below = Float64Array.from(sources, (s) => (last ? s.answered : 0));
  for (const s of barrier.sources) {
    const { foreign } = s.answers.get(barrier.number)!;
    below[s.index] = !foreign ? barrier.number : last ? Infinity : 0;
  }
  const turn: number[] = [];
  for (let i = 0; i < pool.count; i++) if (pool.after[i]! < below[pool.via[i]!]!) turn.push(i);
  return turn;
}
