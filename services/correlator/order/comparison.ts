import type { TextTable } from '../../store/texts.ts';
import type { EventPool } from './event-pool.ts';

type Compare = (a: number, b: number) => number;

/** By source, then position, then type: decides between events of one moment, the same on every machine. */
function byIdentity(pool: EventPool, texts: TextTable, a: number, b: number): number {
  const sa = pool.id.source[a]!;
  const sb = pool.id.source[b]!;
  if (sa !== sb) return texts.text(sa) < texts.text(sb) ? -1 : 1;
  return pool.number('position', a) - pool.number('position', b) || pool.id.type[a]! - pool.id.type[b]! || pool.at[a]! - pool.at[b]!;
}

/** By the moment that the event carries. */
export function byTime(pool: EventPool, texts: TextTable): Compare {
  const { at } = pool;
  return (a, b) => at[a]! - at[b]! || byIdentity(pool, texts, a, b);
}

/** By place: key, rank, source, position (RUNTIME §5). */
export function byPlace(pool: EventPool, texts: TextTable): Compare {
  const { key, rank } = pool;
  return (a, b) => key[a]! - key[b]! || rank[a]! - rank[b]! || byIdentity(pool, texts, a, b);
}
