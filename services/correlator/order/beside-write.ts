import type { Origin } from '../causes/origin.ts';
import { rank, type EventPool } from './event-pool.ts';

/** What such events are placed by, at one barrier. */
export interface WriteRound {
  readonly until: number;
  readonly reason: string;
  /** Whether the calls of a service are traced, all of them. */
  traced(service: number): boolean;
}

/**
 * Where an event stands that was on its server's disk before it was read: behind this write; as late as it was seen; or it is not to be
 * placed at this barrier.
 */
export type Place =
  | { readonly kind: 'write'; readonly write: Origin; readonly certain: boolean }
  | { readonly kind: 'seen' }
  | { readonly kind: 'later' };

/** Gives an event its place; behind a write it gets an edge of this rule (a number of the text table). */
export function putBeside(pool: EventPool, i: number, place: Place, until: number, rule: number): void {
  if (place.kind === 'later') return pool.put(i, Infinity, 0);
  if (place.kind === 'seen') return pool.put(i, Math.min(pool.at[i]!, until), 0);
  const { write, certain } = place;
  pool.at[i] = write.exit;
  pool.addCause(i, { rule, origin: write, certain });
  if (write.index < 0) pool.put(i, -Infinity, 0);
  else pool.put(i, pool.key[write.index]!, pool.rank[write.index]! + rank.afterWrite);
}

/** Moves an event behind another that it must not stand before; where it stands is then assumed, whatever caused it. */
export function keepBehind(pool: EventPool, i: number, previous: number): void {
  if (!pool.standsBefore(i, previous)) return;
  pool.put(i, pool.key[previous]!, pool.rank[previous]!);
  pool.causes[i] = pool.causes[i]?.map((cause) => ({ ...cause, certain: false }));
}
