import { walFile, WalWrites, type WalFile } from '../causes/wal-writes.ts';
import type { TextTable } from '../../store/texts.ts';
import type { Words } from '../words.ts';
import { placeBeside, type Place, type WriteRound } from './beside-write.ts';
import type { EventPool } from './event-pool.ts';

/** The transaction of a row change. Times are ns since the run's epoch. */
export interface Commit {
  /** Of the commit record. */
  readonly lsn: number;
  /** Behind the commit record; null where it is not known. */
  readonly end: number | null;
  /** No later than the commit's timestamp; null for a message outside of a transaction. */
  readonly committed: number | null;
  /** No earlier than the server began to send it; its commit was written by then. */
  readonly sent: number;
}

/** Places row changes directly after the write to pg_wal that held their commit (RUNTIME §5). */
export class Commits {
  readonly #pool: EventPool;
  readonly #words: Words;
  readonly #texts: TextTable;
  readonly #servers = new Map<number, WalWrites>();
  /** The file of each path that was written, by number of the text table. */
  readonly #files = new Map<number, WalFile | null>();

  constructor(pool: EventPool, words: Words, texts: TextTable) {
    this.#pool = pool;
    this.#words = words;
    this.#texts = texts;
  }

  /** The size of the server's files in pg_wal. */
  configure(service: number, segmentBytes: number): void {
    this.#server(service).segmentBytes = segmentBytes;
  }

  /** Makes a positioned write known; most are none of pg_wal. */
  know(i: number, offset: number): void {
    const pool = this.#pool;
    const file = this.#file(pool.id.path[i]!);
    const bytes = pool.long.ret.has[i] === 1 ? pool.number('ret', i) : 0;
    if (!file || bytes <= 0) return;
    const exit = pool.at[i]!;
    const duration = pool.long.duration.has[i] === 1 ? pool.number('duration', i) : 0;
    pool.origins[i] = this.#server(pool.id.service[i]!).add(i, exit - duration, exit, pool.int.tid.values[i]!, file, offset, bytes);
  }

  /** Whether row changes of a service stand next to its writes: it has written some of its log by then. */
  anchored(service: number, until: number): boolean {
    return this.#servers.get(service)?.writtenBy(until) ?? false;
  }

  /** Finds the places of row changes. A source's must come in their order, and keep it. */
  place(changes: readonly number[], round: WriteRound): void {
    const pool = this.#pool;
    const places = new Map<Commit, Place>();
    placeBeside(pool, changes, round.until, {
      rule: this.#words.wal,
      lineOf: (i) => pool.id.source[i]!,
      placeOf: (i) => {
        const commit = pool.commits[i]!;
        let place = places.get(commit);
        if (!place) places.set(commit, (place = this.#placeOf(commit, pool.id.service[i]!, round)));
        return place;
      },
    });
  }

  prune(): void {
    for (const writes of this.#servers.values()) writes.prune();
  }

  #placeOf({ lsn, end, committed, sent }: Commit, service: number, { until, reason, traced }: WriteRound): Place {
    if (committed === null || !traced(service)) return { kind: 'seen' };
    const { first, only } = this.#server(service).covering({ lsn, end }, committed, Math.min(sent, until));
    // Events may stand between a write that has its place and a change that comes late.
    if (first) return { kind: 'write', write: first, certain: only && sent <= until && first.index >= 0 };
    // Its write may still come. What was committed before a barrier that judges must not wait for the next.
    const mayWait = reason === 'flow' || (reason === 'judge' && committed > until);
    return sent > until && mayWait ? { kind: 'later' } : { kind: 'seen' };
  }

  #server(service: number): WalWrites {
    let server = this.#servers.get(service);
    if (!server) this.#servers.set(service, (server = new WalWrites()));
    return server;
  }

  #file(path: number): WalFile | null {
    let file = this.#files.get(path);
    if (file === undefined) this.#files.set(path, (file = walFile(this.#texts.text(path))));
    return file;
  }
}
