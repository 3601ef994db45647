import type { Barrier } from './barrier.ts';

/** Barriers in a row that may settle nothing. */
const most_barriers = 8;
/** Events that may wait for it. */
const most_events = 65_536;

/** Whether events of a kind of source stand next to writes of its service, some of which are known by a time (ns since the run's epoch). */
export type Anchored = (kind: string, service: string, until: number) => boolean;

/**
 * A barrier of the flow judges nothing. While a source is late whose events stand next to writes, it settles nothing: a write that has its
 * place cannot get them beside it any more.
 */
export class Patience {
  readonly #anchored: Anchored;
  #deferred = 0;

  constructor(anchored: Anchored) {
    this.#anchored = anchored;
  }

  /** Whether a barrier is to settle nothing, for a number of events. */
  defers(barrier: Barrier, events: number): boolean {
    const patient = events <= most_events && this.#deferred < most_barriers && this.#missesSome(barrier);
    this.#deferred = patient ? this.#deferred + 1 : 0;
    return patient;
  }

  #missesSome({ number, until, reason, sources }: Barrier): boolean {
    if (reason !== 'flow') return false;
    return sources.some((s) => {
      const { complete, foreign } = s.answers.get(number)!;
      return !complete && !foreign && this.#anchored(s.kind, s.service, until);
    });
  }
}
