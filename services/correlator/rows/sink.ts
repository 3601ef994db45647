import type { Proof } from '../../../schemas/proof.ts';

/** Where a test's rows go. */
export interface RowSink {
  /** A block in Native format with the events up to `lastSeq`. */
  block(test: string, firstSeq: number, lastSeq: number, body: Buffer): void;
  /** Everything up to a barrier has been given to `block`. */
  barrier(stored: StoredBarrier): void;
  /** The test has ended, and everything of it has been handed over. */
  end(test: string): void;
}

/** A barrier whose events have their places. */
export interface StoredBarrier {
  readonly test: string;
  readonly barrier: number;
  /** The last event before it; 0 when there is none. */
  readonly seq: number;
  /** ns since the test's start. */
  readonly until: number;
  readonly reason: string;
  readonly sources: readonly Proof[];
}
