import type { Lsn } from '../server/lsn.ts';
import type { ReadChange } from './read-change.ts';

/** Beyond either, the changes of a transaction are not held. */
const limits = { changes: 1000, chars: 1 << 20 } as const;

/**
 * The changes of the transaction that is being read. They are let out when its end is known, which the server tells behind them: where a commit
 * record ends decides which write brought it. Those of a large transaction are let out as they come, without its end.
 */
export class HeldChanges {
  readonly #publish: (read: ReadChange) => void;
  #held: ReadChange[] = [];
  #chars = 0;
  #large = false;

  constructor(publish: (read: ReadChange) => void) {
    this.#publish = publish;
  }

  /** Takes the next change; its `commit_end` is yet to be known. */
  add(change: ReadChange): void {
    if (this.#large) return this.#publish(change);
    this.#held.push(change);
    this.#chars += change.data.length;
    this.#large = this.#held.length > limits.changes || this.#chars > limits.chars;
    if (this.#large) this.#letOut(null);
  }

  /** The transaction has been read: its commit record ends before this LSN. Null: it has none. */
  end(commit_end: Lsn | null): void {
    this.#letOut(this.#large ? null : commit_end);
    this.#large = false;
  }

  /** The stream broke off: it will bring the transaction again. */
  drop(): void {
    this.#held = [];
    this.#chars = 0;
    this.#large = false;
  }

  #letOut(commit_end: Lsn | null): void {
    for (const change of this.#held) this.#publish({ ...change, commit_end });
    this.#held = [];
    this.#chars = 0;
  }
}
