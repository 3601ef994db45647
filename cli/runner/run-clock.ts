import { monotonicNs } from '../../services/collector/clock.ts';

/** When a run began, on both clocks: what gives its moments their dates, now and whenever it is judged again. */
export class RunClock {
  /** RFC 3339, ms. */
  readonly started_at: string;
  /** CLOCK_MONOTONIC. */
  readonly epoch_ns: bigint;

  constructor(started_at: string, epoch_ns: bigint) {
    this.started_at = started_at;
    this.epoch_ns = epoch_ns;
  }

  /** Of a run that begins now. */
  static start(): RunClock {
    return new RunClock(new Date().toISOString(), monotonicNs());
  }

  /** The date of a moment: RFC 3339, ms. */
  dateOf(at_ns: number | bigint): string {
    return new Date(Date.parse(this.started_at) + Number(BigInt(at_ns) - this.epoch_ns) / 1e6).toISOString();
  }
}
