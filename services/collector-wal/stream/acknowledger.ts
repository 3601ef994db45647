import type { Lsn } from '../server/lsn.ts';
import type { Following } from './following.ts';
import type { Progress } from './progress.ts';

/** Acknowledges to the server what is durable on the bus, and nothing beyond: a stream that begins again begins there. */
export class Acknowledger {
  #durable: Lsn;
  readonly #progress: Progress;
  readonly #following: Following;
  readonly #sync: () => Promise<void>;

  /** `start`: where the slot begins. `sync` makes everything that was published durable. */
  constructor(start: Lsn, progress: Progress, following: Following, sync: () => Promise<void>) {
    this.#durable = start;
    this.#progress = progress;
    this.#following = following;
    this.#sync = sync;
  }

  /** Makes what was read durable, if there is something new, and says so. */
  async advance(): Promise<void> {
    if (this.#progress.reached > this.#durable) await this.settle();
  }

  /** The same, and says so anyway: the server waits for it. */
  async settle(): Promise<void> {
    const { reached } = this.#progress;
    if (reached > this.#durable) {
      await this.#sync();
      if (reached > this.#durable) this.#durable = reached;
    }
    this.#following.current?.acknowledge(this.#durable);
  }

  /** Asks the server where it is. */
  ping(): void {
    this.#following.current?.acknowledge(this.#durable, true);
  }
}
