import type { Lsn } from '../server/lsn.ts';

/** What a barrier waits for: that the stream has passed a place, or brought a mark. */
export type Goal = { readonly kind: 'lsn'; readonly lsn: Lsn } | { readonly kind: 'mark'; readonly text: string };

const askEvery_ms = 5;

interface Waiter {
  readonly goal: Goal;
  readonly settle: (met: boolean) => void;
}

/** How far a stream is, and who waits for it. */
export class Progress {
  /** Every transaction that was committed before this has been read. */
  reached: Lsn = 0n;
  #waiting: Waiter[] = [];
  #lastMark = '';

  /**
   * Settles true when the goal is met, false at the deadline or when it is given up (as `performance.now()` counts). `ask` is called now and again.
   */
  async until(goal: Goal, deadline_ms: number, ask: () => void): Promise<boolean> {
    if (goal.kind === 'lsn' ? this.reached >= goal.lsn : this.#lastMark === goal.text) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const waiter: Waiter = { goal, settle: resolve };
    this.#waiting.push(waiter);
    const timer = setTimeout(() => resolve(false), Math.max(0, deadline_ms - performance.now()));
    const asking = setInterval(ask, askEvery_ms);
    ask();
    const met = await promise;
    clearTimeout(timer);
    clearInterval(asking);
    this.#waiting = this.#waiting.filter((w) => w !== waiter);
    return met;
  }

  passed(lsn: Lsn): void {
    if (lsn > this.reached) this.reached = lsn;
    for (const { goal, settle } of this.#waiting) if (goal.kind === 'lsn' && this.reached >= goal.lsn) settle(true);
  }

  marked(text: string): void {
    this.#lastMark = text;
    for (const { goal, settle } of this.#waiting) if (goal.kind === 'mark' && goal.text === text) settle(true);
  }

  /** Nothing more will come: nobody need wait. */
  giveUp(): void {
    for (const { settle } of this.#waiting) settle(false);
  }
}
