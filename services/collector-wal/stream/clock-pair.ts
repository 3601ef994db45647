const stale_ns = 5_000_000_000n;

/** One reading of the server's wall clock between two of ours. */
export interface ClockReading {
  /** CLOCK_MONOTONIC before the question and after the answer. */
  readonly before_ns: bigint;
  readonly after_ns: bigint;
  /** µs since 1970. */
  readonly wall_us: bigint;
}

/** Turns a server's wall-clock times into CLOCK_MONOTONIC, within the bounds that the best recent reading gives. */
export class ClockPair {
  #best: ClockReading | null = null;

  /** Keeps a reading that is narrower than the one there is, or much newer. */
  learn(reading: ClockReading): void {
    const best = this.#best;
    const narrower = !best || reading.after_ns - reading.before_ns <= best.after_ns - best.before_ns;
    if (narrower || reading.before_ns - best.before_ns > stale_ns) this.#best = reading;
  }

  /** A moment that is no later than the one given. */
  earliest_ns(wall_us: bigint): bigint {
    const { before_ns, wall_us: then } = this.#known();
    return before_ns + (wall_us - then) * 1000n;
  }

  /** A moment that is no earlier than the one given, which the server cut to its microsecond. */
  latest_ns(wall_us: bigint): bigint {
    const { after_ns, wall_us: then } = this.#known();
    return after_ns + (wall_us + 1n - then) * 1000n;
  }

  #known(): ClockReading {
    if (!this.#best) throw new RangeError("no reading of the server's clock yet");
    return this.#best;
  }
}
