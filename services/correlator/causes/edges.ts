import { rank, type EventPool } from '../order/event-pool.ts';
import type { Origin } from './origin.ts';
import type { Match } from './byte-stream.ts';

/** Puts the cause directly before its effect, unless it stands earlier anyway. */
export function pull(pool: EventPool, cause: Origin, effect: number): void {
  const c = cause.index;
  if (c < 0 || c === effect) return;
  const key = pool.key[effect]!;
  const place = pool.rank[effect]! + rank.beforeEffect;
  if (pool.key[c]! > key || (pool.key[c] === key && pool.rank[c]! > place)) {
    pool.key[c] = key;
    pool.rank[c] = place;
  }
}

/** Adds a certain edge and puts the cause before its effect. */
export function certain(pool: EventPool, rule: number, cause: Origin, effect: number): void {
  pull(pool, cause, effect);
  pool.addCause(effect, { rule, origin: cause, certain: true });
}

/**
 * Edges from the writes that carried an effect's bytes. The writes of a stream are all of one service, so the last in its lane
 * stands for all of them; those that others may have overlapped give an assumed edge.
 */
export function fromWrites(pool: EventPool, rule: number, match: Match, effect: number, trusted: boolean): void {
  let sure: Origin | null = null;
  let unsure: Origin | null = null;
  for (const write of match.all) {
    pull(pool, write, effect);
    if (trusted && !write.ambiguous) sure = later(pool, sure, write);
    else unsure = later(pool, unsure, write);
  }
  if (sure) pool.addCause(effect, { rule, origin: sure, certain: true });
  if (unsure) pool.addCause(effect, { rule, origin: unsure, certain: false });
}

function later(pool: EventPool, a: Origin | null, b: Origin): Origin {
  return a === null || compareOrigins(pool, a, b) < 0 ? b : a;
}

/** Which of two origins of one lane stands first: less than 0 for `a`. */
export function compareOrigins(pool: EventPool, a: Origin, b: Origin): number {
  if (a.index < 0 || b.index < 0) return a.index < 0 && b.index < 0 ? a.seq - b.seq : a.index < 0 ? -1 : 1;
  const { key, rank: place } = pool;
  const byPosition = () => pool.number('position', a.index) - pool.number('position', b.index);
  return key[a.index]! - key[b.index]! || place[a.index]! - place[b.index]! || byPosition();
}
