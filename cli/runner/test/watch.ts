import type { Proof } from '../../../schemas/proof.ts';
import type { AssertionResult } from '../result.ts';
import type { SpecWorker } from '../worker/spec-worker.ts';
import type { ViolationNotice } from '../worker/messages.ts';
import type { Query } from './live-host.ts';
import { watchHost } from './watch-host.ts';

/** What the monitors of a test are told and tell; a worker of their own evaluates them beside the scenario. */
export interface WatchSettings {
  readonly worker: SpecWorker;
  readonly test: string;
  readonly storeTest: string;
  readonly run: string;
  readonly query: Query;
  print(text: string): void;
}

/** The monitors of one test: fed with what is stored, in order; a violation is known as soon as its event is. */
export class Watch {
  /** Settles when a monitor is violated. */
  readonly violated: Promise<ViolationNotice>;
  readonly #settings: WatchSettings;
  readonly #violate: (notice: ViolationNotice) => void;
  #upTo = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(settings: WatchSettings) {
    const { promise, resolve } = Promise.withResolvers<ViolationNotice>();
    this.#settings = settings;
    this.violated = promise;
    this.#violate = resolve;
  }

  /** Everything up to `seq` is in the store. */
  advance(seq: number): Promise<void> {
    const next = this.#last.then(async () => {
      if (seq > this.#upTo) await this.#ask(seq, null);
    });
    this.#last = next.catch(() => {});
    return next;
  }

  /** Every event of the test is in the store, and this is what its sources proved: what the monitors came to. */
  async finish(seq: number, proofs: readonly Proof[]): Promise<readonly AssertionResult[]> {
    await this.#last;
    return this.#ask(Math.max(seq, this.#upTo), proofs);
  }

  async #ask(upTo: number, proofs: readonly Proof[] | null): Promise<readonly AssertionResult[]> {
    const { worker, test, storeTest, run, query, print } = this.#settings;
    this.#upTo = upTo;
    const { violation, results } = await worker.watch({ test, storeTest, run, upTo, proofs }, watchHost(query, print));
    if (violation) this.#violate(violation);
    return results;
  }
}
