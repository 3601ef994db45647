import type { Origin } from './origin.ts';

/** Kept of a stream that nobody reads, so far as we see. */
const unreadLimit = 65_536;

/** The writes that carried some bytes, the last first; none when no write is known to have carried the last byte. */
export interface Match {
  readonly all: readonly Origin[];
}

const nothing: Match = { all: [] };

/**
 * One direction of a connection, or a pipe: the writes that we know, by the bytes that they carried. Offsets count from wherever
 * the caller begins; they only must agree between writes and reads.
 */
export class ByteStream {
  /** In the order of their first byte. */
  readonly #writes: Origin[] = [];
  #readTo = -Infinity;
  #lastByTime: Origin | null = null;

  /** Adds a write of [start, end). One that overlaps another's bytes makes both ambiguous. */
  add(write: Origin, start: number, end: number): void {
    write.start = start;
    write.end = end;
    const list = this.#writes;
    let i = list.length;
    while (i > 0 && list[i - 1]!.start > start) i--;
    if (i === list.length) list.push(write);
    else list.splice(i, 0, write);
    const before = list[i - 1];
    const after = list[i + 1];
    if (before && before.end > start) before.ambiguous = write.ambiguous = true;
    if (after && after.start < end) after.ambiguous = write.ambiguous = true;
    if (this.#lastByTime === null || write.exit >= this.#lastByTime.exit) this.#lastByTime = write;
  }

  /** The writes that carried [start, end). */
  match(start: number, end: number): Match {
    const list = this.#writes;
    this.#readTo = Math.max(this.#readTo, end);
    let low = 0;
    let high = list.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (list[mid]!.start < end) low = mid + 1;
      else high = mid;
    }
    let i = low - 1;
    if (i < 0 || list[i]!.end < end) return nothing;
    const all: Origin[] = [];
    for (; i >= 0 && list[i]!.end > start; i--) all.push(list[i]!);
    return { all };
  }

  /** The last write that began before `time`, by its end. */
  lastBegunBefore(time: number): Origin | null {
    if (this.#lastByTime !== null && this.#lastByTime.entry < time) return this.#lastByTime;
    let found: Origin | null = null;
    for (const w of this.#writes) if (w.entry < time && (found === null || w.exit >= found.exit)) found = w;
    return found;
  }

  /** Forgets writes whose bytes have been read, all but the last. */
  prune(): void {
    const list = this.#writes;
    let n = 0;
    while (n < list.length - 1 && list[n]!.end <= this.#readTo) n++;
    n = Math.max(n, list.length - unreadLimit);
    if (n > 0) list.splice(0, n);
  }
}
