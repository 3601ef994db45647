import type { EventPool } from '../order/event-pool.ts';
import type { Words } from '../words.ts';
import { certain } from './edges.ts';
import { originOf, type Origin } from './origin.ts';

/** Forks and ends of processes, by thread number (RUNTIME §6). */
export class Processes {
  readonly #pool: EventPool;
  readonly #words: Words;
  /** By the child that has not shown yet. */
  readonly #forks = new Map<number, Origin>();
  readonly #exits = new Map<number, Origin>();

  constructor(pool: EventPool, words: Words) {
    this.#pool = pool;
    this.#words = words;
  }

  /** Makes a fork or the end of a process known. */
  know(i: number): void {
    const pool = this.#pool;
    const words = this.#words;
    const syscall = pool.id.syscall[i];
    const tid = pool.int.tid.values[i]!;
    if (syscall === words.clone && pool.number('ret', i) > 0) this.#forks.set(pool.number('ret', i), this.#origin(i));
    else if (syscall === words.exit && pool.int.pid.values[i] === tid) this.#exits.set(tid, this.#origin(i));
  }

  /** Whether a look at the order can find anything. */
  get waiting(): boolean {
    return this.#forks.size > 0 || this.#exits.size > 0;
  }

  /**
   * Finds the fork before a thread's first event and the exit before its wait. Events must come in their order.
   */
  explain(i: number): void {
    const pool = this.#pool;
    const words = this.#words;
    const tid = pool.int.tid.values[i]!;
    const fork = this.#forks.get(tid);
    if (fork && fork.index !== i) {
      this.#forks.delete(tid);
      certain(pool, words.process, fork, i);
    }
    if (pool.id.syscall[i] === words.wait4 && pool.number('ret', i) > 0) {
      const exit = this.#exits.get(pool.number('ret', i));
      this.#exits.delete(pool.number('ret', i));
      if (exit) certain(pool, words.process, exit, i);
    }
  }

  #origin(i: number): Origin {
    const pool = this.#pool;
    const origin = pool.origins[i] ?? originOf(i, pool.at[i]!, pool.at[i]!, pool.int.tid.values[i]!);
    pool.origins[i] = origin;
    return origin;
  }
}
