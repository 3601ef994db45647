import type { Origin } from '../causes/origin.ts';
import { rank, stage, type EventPool } from './event-pool.ts';

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
  { readonly kind: 'write'; readonly write: Origin; readonly certain: boolean } | { readonly kind: 'seen' } | { readonly kind: 'later' };

/** How events of one type find their places. */
export interface Beside {
  /** The rule of their edges, a number of the text table. */
  readonly rule: number;
  /** Events of one line keep their order. */
  lineOf(i: number): number | string;
  placeOf(i: number): Place;
}

/** Finds the places of events that stand beside writes. Those of a line must come in their order; where one waits, those behind it wait too. */
export function placeBeside(pool: EventPool, events: readonly number[], until: number, { rule, lineOf, placeOf }: Beside): void {
  const before = new Map<number | string, number>();
  for (const i of events) {
    const line = lineOf(i);
    const previous = before.get(line);
    const waits = previous !== undefined && pool.key[previous] === Infinity;
    put(pool, i, waits ? { kind: 'later' } : placeOf(i), until, rule);
    if (previous !== undefined) keepBehind(pool, i, previous);
    if (pool.key[i] !== Infinity) pool.stage[i] = stage.explained;
    before.set(line, i);
  }
}

/** Gives an event its place; behind a write it gets an edge of this rule (a number of the text table). */
function put(pool: EventPool, i: number, place: Place, until: number, rule: number): void {
  if (place.kind === 'later') return pool.put(i, Infinity, 0);
  if (place.kind === 'seen') return pool.put(i, Math.min(pool.at[i]!, until), 0);
  const { write, certain } = place;
  pool.at[i] = write.exit;
  pool.addCause(i, { rule, origin: write, certain });
  if (write.index < 0) pool.put(i, -Infinity, 0);
  else pool.put(i, pool.key[write.index]!, pool.rank[write.index]! + rank.afterWrite);
}

/** Moves an event behind another that it must not stand before; where it stands is then assumed, whatever caused it. */
function keepBehind(pool: EventPool, i: number, previous: number): void {
  if (!pool.standsBefore(i, previous)) return;
  pool.put(i, pool.key[previous]!, pool.rank[previous]!);
  pool.causes[i] = pool.causes[i]?.map((cause) => ({ ...cause, certain: false }));
}
