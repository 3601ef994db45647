import type { Proof } from '../../../schemas/proof.ts';
import type { Plan } from '../../spec/plan.ts';
import type { HostRequest } from '../host.ts';
import type { AssertionResult, Caveat, TestError } from '../result.ts';

/** What the runner asks of a worker. */
export type ToWorker =
  | { readonly load: { readonly spec: string } }
  | { readonly watch: WatchOrder }
  | { readonly drive: { readonly test: string; readonly storeTest: string; readonly run: string } };

/** Lets the monitors of a test take its events up to a place. */
export interface WatchOrder {
  readonly test: string;
  readonly storeTest: string;
  readonly run: string;
  readonly upTo: number;
  /** The last proofs of the test's sources, when it is over; null before. */
  readonly proofs: readonly Proof[] | null;
}

/** A monitor was violated. */
export interface ViolationNotice {
  readonly monitor: string;
  readonly message: string;
  readonly state: string;
}

/** What the monitors came to. Results come when the test is over. */
export interface Watched {
  readonly violation: ViolationNotice | null;
  readonly results: readonly AssertionResult[];
}

/** How driving a test went, seen from the spec. */
export interface Driven {
  readonly assertions: readonly AssertionResult[];
  /** What stopped it, if not an assertion. */
  readonly error: TestError | null;
  /** Calls that a fault inside the test needed and the filter lacks: service → calls. */
  readonly missingFilter: Readonly<Record<string, readonly string[]>> | null;
  /** Sources whose events were counted or listed while they were not complete. */
  readonly doubtful: readonly string[];
  /** What is to be known of lists of events that it looked at. */
  readonly caveats: readonly Caveat[];
}

/** What a worker says. */
export type FromWorker =
  | { readonly loaded: Plan }
  | { readonly refused: { readonly text: string } }
  | { readonly print: string }
  | { readonly call: HostRequest }
  | { readonly watched: Watched }
  | { readonly driven: Driven };
