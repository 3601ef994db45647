import type { Collectors } from '../processes/collectors.ts';
import type { Correlator } from '../processes/correlator.ts';
import type { Keeper } from '../processes/keeper.ts';
import type { TestCollectors } from '../processes/test-collectors.ts';
import type { RunClock } from '../run-clock.ts';
import type { Recorder } from '../recorder.ts';

/** The processes of a run that its tests share. */
export interface RunContext {
  readonly clock: RunClock;
  readonly run: string;
  readonly cwd: string;
  readonly recorder: Recorder;
  readonly keeper: Keeper;
  readonly collectors: Collectors;
  readonly correlator: Correlator;
  /** Rejects where the store no longer has each event of a test up to `seq` once. */
  readonly checkStored: (test: string, seq: number) => Promise<void>;
  readonly deadline_ms: number;
  readonly maxOutput: { readonly lines: number; readonly bytes: number };
  readonly seed: number;
}

/** A run's context seen from one test. */
export interface TestContext extends Omit<RunContext, 'collectors'> {
  /** The test's name on the bus and in the store. */
  readonly test: string;
  readonly collectors: TestCollectors;
  /** Folder of captured output. */
  readonly dir: string;
  /** Folder of the services' temporary files. */
  readonly tmp: string;
}
