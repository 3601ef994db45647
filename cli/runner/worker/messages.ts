import type { Plan } from '../../spec/plan.ts';
import type { HostRequest } from '../host.ts';
import type { AssertionResult, TestError } from '../result.ts';

/** What the runner asks of a worker. */
export type ToWorker =
  | { readonly load: { readonly spec: string } }
  | { readonly drive: { readonly test: string; readonly storeTest: string; readonly run: string } };

/** How driving a test went, seen from the spec. */
export interface Driven {
  readonly assertions: readonly AssertionResult[];
  /** What stopped it, if not an assertion. */
  readonly error: TestError | null;
  /** Calls that a fault inside the test needed and the filter lacks: service → calls. */
  readonly missingFilter: Readonly<Record<string, readonly string[]>> | null;
  /** Sources whose events were counted or listed while they were not complete. */
  readonly doubtful: readonly string[];
}

/** What a worker says. */
export type FromWorker =
  | { readonly loaded: Plan }
  | { readonly refused: { readonly text: string } }
  | { readonly print: string }
  | { readonly call: HostRequest }
  | { readonly driven: Driven };
