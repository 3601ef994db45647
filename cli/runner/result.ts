import type { Place } from '../spec/plan.ts';
import type { Proof } from '../../schemas/proof.ts';

/** How a test ended. */
export type Verdict = 'passed' | 'failed' | 'inconclusive' | 'error';

/** An event as people are shown it. */
export interface ShownEvent {
  readonly seq: number;
  /** ns since the test's start. */
  readonly at: number;
  readonly service: string;
  readonly type: string;
  /** A sentence about the service: `received 32 bytes from api:8080`. */
  readonly text: string;
  /** Why it stands here: `tcp`, `fault "disk failure"`; empty where nothing is to be said. */
  readonly note: string;
}

/** An event that came near, with what each clause of the predicate made of it. */
export interface NearMiss {
  readonly event: ShownEvent;
  readonly clauses: ReadonlyArray<{ readonly text: string; readonly met: boolean; readonly saw: string }>;
}

/** What is to be known of a result that stands all the same. `vacuous` fails under --strict, the others are inconclusive there. */
export interface Caveat {
  readonly kind: 'vacuous' | 'sampled' | 'assumed';
  readonly text: string;
}

/** The query behind an assertion. */
export interface QueryWork {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Whether the engine alone decided, or left a superset to the interpreter, or everything. */
  readonly kind: 'exact' | 'prefilter' | 'none';
  readonly why: string;
  /** Events that left the store, and those of them that SQL left to the interpreter. */
  readonly rows: number;
  readonly undecided: number;
  readonly duration_ms: number;
}

/** One assertion that a test made, with what decided it. */
export interface AssertionResult {
  readonly name: string;
  readonly place: Place;
  readonly verdict: Exclude<Verdict, 'error'>;
  /** The sentence for people; empty when it passed without remark. */
  readonly message: string;
  readonly witness: readonly ShownEvent[];
  readonly past: readonly ShownEvent[];
  readonly misses: readonly NearMiss[];
  /** Sources that the result rests on: `stdout/db`. */
  readonly sources: readonly string[];
  readonly caveats: readonly Caveat[];
  readonly query: QueryWork | null;
}

/** What stopped a test that is not an assertion: an error in the spec, or of the environment. */
export interface TestError {
  readonly kind: 'spec' | 'environment';
  readonly code: string;
  /** Complete for a reader: place, line, caret, stack where there are any. */
  readonly text: string;
}

/** A fault of the test and how often it struck. */
export interface FaultResult {
  readonly service: string;
  readonly syscall: string;
  readonly action: string;
  readonly label: string | null;
  readonly hits: number;
}

/** One test, judged. */
export interface TestResult {
  readonly name: string;
  /** Its name on the bus and in the store: another one when the test had to start afresh. */
  readonly stored_as: string;
  readonly verdict: Verdict;
  /** One line: why it is not simply passed. */
  readonly reason: string;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly faults: readonly FaultResult[];
  readonly sources: readonly Proof[];
  readonly assertions: readonly AssertionResult[];
  readonly error: TestError | null;
  readonly prints: readonly string[];
  /** What is not wrong but should be known: a fault that never struck. */
  readonly vacuous: readonly string[];
  /** Results that rest on samples or assumed places; inconclusive under --strict. */
  readonly weak: readonly string[];
}

/** A whole run. */
export interface RunResult {
  readonly run: string;
  readonly spec: string;
  readonly seed: number;
  readonly started_at: string;
  readonly duration_ms: number;
  readonly services: readonly string[];
  readonly tests: readonly TestResult[];
}
