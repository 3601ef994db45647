import { rank, type EventPool } from '../order/event-pool.ts';
import type { Words } from '../words.ts';

/** A hit whose call has not ended yet. `index` is -1 once the fault event itself is placed. */
interface Hit {
  index: number;
  readonly at: number;
  readonly syscall: number;
  readonly decision: number;
  readonly label: number;
}

/** Joins fault hits with the calls that they struck: that thread's next end of that call (RUNTIME §8). */
export class Faults {
  readonly #pool: EventPool;
  readonly #words: Words;
  readonly #waiting = new Map<number, Hit[]>();
  readonly #calls = new Map<number, number>();

  constructor(pool: EventPool, words: Words) {
    this.#pool = pool;
    this.#words = words;
  }

  /** Makes a hit known. Hits must be known before the calls that they struck. */
  know(i: number): void {
    const { id, int, at } = this.#pool;
    const tid = int.tid.values[i]!;
    const hit: Hit = { index: i, at: at[i]!, syscall: id.syscall[i]!, decision: id.decision[i]!, label: id.label[i]! };
    this.#waiting.set(tid, [...(this.#waiting.get(tid) ?? []), hit]);
  }

  /** Whether calls must be looked at. */
  get any(): boolean {
    return this.#waiting.size > 0;
  }

  /** Joins a call with the hits on it: their decision is its decision, and it lasted from the first hit on. */
  join(call: number): void {
    const pool = this.#pool;
    const tid = pool.int.tid.values[call]!;
    const hits = this.#waiting.get(tid);
    if (!hits) return;
    const ends = pool.id.syscall[call] === this.#words.exit;
    const struck = hits.filter((h) => h.at <= pool.at[call]! && h.syscall === pool.id.syscall[call]);
    const rest = hits.filter((h) => !struck.includes(h) && !(ends && h.at <= pool.at[call]!));
    if (rest.length > 0) this.#waiting.set(tid, rest);
    else this.#waiting.delete(tid);
    if (struck.length === 0) return;
    const last = struck.at(-1)!;
    pool.id.decision[call] = last.decision;
    pool.id.label[call] = last.label;
    pool.setNumber('duration', call, pool.at[call]! - struck[0]!.at);
    for (const hit of struck) {
      if (hit.index < 0) continue;
      pool.copyCall(call, hit.index);
      this.#calls.set(hit.index, call);
    }
  }

  /** Puts each joined fault directly before its call, if that has its place by `until`; else it stays at its arrival. */
  place(until: number): void {
    const pool = this.#pool;
    for (const [fault, call] of this.#calls) {
      if (pool.key[call]! > until) continue;
      pool.key[fault] = pool.key[call]!;
      pool.rank[fault] = pool.rank[call]! + rank.fault;
    }
  }

  /** After the events with `gone` 1 have left the pool and the others have moved up to `movedTo`. */
  renumber(movedTo: Int32Array): void {
    for (const hits of this.#waiting.values()) for (const hit of hits) if (hit.index >= 0) hit.index = movedTo[hit.index]!;
    const calls = [...this.#calls];
    this.#calls.clear();
    for (const [fault, call] of calls) {
      if (movedTo[fault]! >= 0 && movedTo[call]! >= 0) this.#calls.set(movedTo[fault]!, movedTo[call]!);
    }
  }
}
