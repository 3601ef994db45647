import { monotonicNs } from '../collector/clock.ts';
import type { Publisher, SourceName } from '../collector/publisher.ts';
import { answerBarrier, type Verdict } from '../collector/verdict.ts';
import type { Target } from './targets/target.ts';

/** What a sample came to: a value, or why there is none. */
type Result = { readonly value: string; readonly exists: boolean; readonly error: null } | { readonly error: string };

const sample_ms = 30_000;
/** While samples fail, ever fewer are taken: a server may have a line in its log for each. No fewer than this, or than the interval says. */
const failingEvery_ms = 500;

const same = (a: Result, b: Result): boolean => JSON.stringify(a) === JSON.stringify(b);
const valueOf = (result: Result): string => (result.error === null ? result.value : '');

/** One polled command: sampled on its interval, never twice at once; an event for each change of its result. */
export class Poll {
  readonly name: SourceName;
  readonly #command: string;
  readonly #interval_ms: number;
  readonly #target: Target;
  readonly #publisher: Publisher<'poll'>;
  #last: Result | null = null;
  #samples = 0;
  #failures = 0;
  #failing_since_ns: bigint | null = null;
  /** The sample in work, and those that wait behind it. */
  #queue: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    name: SourceName,
    plan: { readonly command: string; readonly interval_ms: number },
    target: Target,
    publisher: Publisher<'poll'>,
  ) {
    this.name = name;
    this.#command = plan.command;
    this.#interval_ms = plan.interval_ms;
    this.#target = target;
    this.#publisher = publisher;
  }

  /** Takes the baseline sample, which makes no event. Rejects when it fails. */
  async ready(): Promise<void> {
    const result = await this.#sample(sample_ms);
    if (result.error !== null) throw new Error(result.error);
    this.#publisher.publish(this.name, this.#samples, 'ready', monotonicNs(), {});
    this.#publisher.flush();
    this.#next(performance.now());
  }

  /** Samples once more, beginning now or later, and answers the barrier. */
  async barrier(barrier: number, deadline_ns: bigint): Promise<void> {
    const left_ms = Number(deadline_ns - monotonicNs()) / 1e6;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), left_ms)));
    const result = await Promise.race([this.#sample(Math.max(1, left_ms)), late]);
    clearTimeout(timer);
    const failed =
      result === null ? 'no sample has ended before the deadline' : result.error === null ? null : `the sample failed: ${result.error}`;
    const sampled = `${this.#samples} samples, every ${this.#interval_ms} ms`;
    const verdict: Verdict =
      failed === null ? { complete: true, reason: 'sampled after the barrier', vacuous: '', sampled } : { complete: false, reason: failed };
    answerBarrier(this.#publisher, this.name, { barrier, position: this.#samples }, verdict);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#target.close();
  }

  /** The next sample is due an interval after the last one began, or at once when that took longer; later when samples fail. */
  #next(began: number): void {
    if (this.#closed) return;
    this.#timer = setTimeout(
      () => {
        // A sample too few is better than ever more of them waiting for the bus; one that is gone needs none.
        if (this.#publisher.crowded)
          return void this.#publisher.room().then(
            () => this.#next(began),
            () => {},
          );
        const begins = performance.now();
        void this.#sample(sample_ms).then(() => this.#next(begins));
      },
      Math.max(0, began + this.#wait_ms() - performance.now()),
    );
  }

  #wait_ms(): number {
    const interval_ms = this.#interval_ms;
    return Math.min(interval_ms * 2 ** Math.max(0, this.#failures - 1), Math.max(interval_ms, failingEvery_ms));
  }

  /** One sample behind those that are in work. */
  #sample(timeout_ms: number): Promise<Result> {
    const taken = this.#queue.then(() => this.#take(timeout_ms));
    this.#queue = taken;
    return taken;
  }

  async #take(timeout_ms: number): Promise<Result> {
    const began_ns = monotonicNs();
    const result: Result = await this.#target.sample(timeout_ms).then(
      ({ value, exists }) => ({ value, exists, error: null }),
      (error: Error) => ({ error: error.message }),
    );
    if (this.#closed) return result;
    const at_ns = monotonicNs();
    this.#samples++;
    this.#noteFailure(result, began_ns, at_ns);
    if (this.#last !== null && !same(this.#last, result)) this.#publish(result, this.#last, at_ns, at_ns - began_ns);
    this.#last = result;
    return result;
  }

  /** A single failure is an event; from the second in a row on, what happened meanwhile is lost. */
  #noteFailure(result: Result, began_ns: bigint, at_ns: bigint): void {
    if (result.error === null) {
      this.#failures = 0;
      this.#failing_since_ns = null;
      return;
    }
    this.#failing_since_ns ??= began_ns;
    if (++this.#failures !== 2) return;
    this.#publisher.publish(this.name, this.#samples, 'gap', this.#failing_since_ns, {
      until_ns: at_ns,
      lost: null,
      reason: `samples fail: ${result.error}`,
    });
    this.#publisher.flush();
  }

  #publish(result: Result, previous: Result, at_ns: bigint, duration_ns: bigint): void {
    const what = result.error === null ? { value: result.value, exists: result.exists } : { value: '', exists: false, error: result.error };
    const data = JSON.stringify({ ...what, previous: valueOf(previous), command: this.#command });
    this.#publisher.publish(this.name, this.#samples, 'poll', at_ns, { duration_ns, data });
    this.#publisher.flush();
  }
}
