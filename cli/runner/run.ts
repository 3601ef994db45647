import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { BusLocation } from '../../services/bus/location.ts';
import { prepareBus } from '../../services/bus/open.ts';
import { correlatorGroup } from '../../services/store/correlator-group.ts';
import { checkIntact } from '../../services/store/intact.ts';
import { openStore, type Store, type StoreLocation } from '../../services/store/store.ts';
import type { Plan, TestPlan } from '../spec/plan.ts';
import { foldersOf, type Folders } from './folders.ts';
import { Collectors } from './processes/collectors.ts';
import { Correlator, type LookUp } from './processes/correlator.ts';
import { storedBarrier } from './processes/stored-barriers.ts';
import { Keeper } from './processes/keeper.ts';
import { Recorder } from './recorder.ts';
import { RunClock } from './run-clock.ts';
import { requireRoot } from './require-root.ts';
import type { RunResult, TestResult } from './result.ts';
import { interruption, unlessInterrupted } from './interruption.ts';
import { runTest } from './test/run-test.ts';
import type { RunContext } from './test/context.ts';
import { storeResults } from './store-results.ts';
import { SpecWorker } from './worker/spec-worker.ts';

/** What a person may set about a run. */
export interface RunSettings {
  readonly cwd: string;
  readonly spec: string;
  /** Where events are stored; null: the embedded engine of the working directory. */
  readonly store: StoreLocation | null;
  /** Where records are kept; null: the embedded log of the working directory. */
  readonly bus: BusLocation | null;
  readonly seed: number;
  /** How long a source may take to prove itself at a barrier. */
  readonly deadline_ms: number;
  readonly maxOutput: { readonly lines: number; readonly bytes: number };
  /** How often each selected test runs. */
  readonly runs: number;
  readonly select: (tests: readonly TestPlan[]) => readonly TestPlan[];
}

/** Told of what happens, as it does. */
export interface RunObserver {
  begin(plan: Plan, tests: readonly TestPlan[], run: string): void;
  running(test: string): void;
  test(result: TestResult): void;
  warning(text: string): void;
}

/** A run that has ended, and the store that still has its events until it is closed. */
export interface FinishedRun {
  readonly result: RunResult;
  readonly plan: Plan;
  readonly store: Store;
}

/** Loads a spec, runs its selected tests in their order, and leaves everything that was seen in the store. */
export async function runSpec(settings: RunSettings, observer: RunObserver, stop: AbortSignal): Promise<FinishedRun> {
  const began = performance.now();
  const worker = new SpecWorker(settings.cwd);
  const loading = worker.load(settings.spec);
  loading.catch(() => {});
  stop.addEventListener('abort', () => worker.interrupt(interruption()), { once: true });
  let running: Running | null = null;
  let monitors: SpecWorker | null = null;
  try {
    const plan = await loading;
    const tests = settings.select(plan.tests);
    requireRoot();
    if (tests.some((t) => t.monitors.length > 0)) monitors = await monitorWorker(settings);
    running = await startProcesses(settings, plan, stop);
    observer.begin(plan, tests, running.context.run);
    const results: TestResult[] = [];
    for (const { test, name } of repeated(tests, settings.runs)) {
      if (stop.aborted) break;
      observer.running(name);
      const query = (request: { sql: string; params: Readonly<Record<string, unknown>> }) =>
        running!.store.client.query(request.sql, request.params);
      const result = await runTest(running.context, { plan, test, name, folders: running.folders, worker, monitors, query, stop });
      results.push(result);
      observer.test(result);
    }
    await running.context.correlator.end();
    const result: RunResult = {
      run: running.context.run,
      spec: settings.spec,
      seed: settings.seed,
      started_at: running.context.clock.started_at,
      duration_ms: performance.now() - began,
      services: plan.services.map((s) => s.name),
      tests: results,
    };
    await storeResults(running.store.client, result, plan).catch((error: Error) =>
      observer.warning(`The verdicts are not in the store: ${error.message}`),
    );
    return { result, plan, store: running.store };
  } catch (error) {
    await running?.store.close();
    throw error;
  } finally {
    await Promise.all([worker.end(), monitors?.end(), running?.end()]);
  }
}

/** A second worker with the same spec: monitors are evaluated while the first one drives or waits. */
async function monitorWorker({ cwd, spec }: RunSettings): Promise<SpecWorker> {
  const worker = new SpecWorker(cwd);
  await worker.load(spec, () => {});
  return worker;
}

/** With `runs` above one, every test as often, its name numbered. */
function repeated(tests: readonly TestPlan[], runs: number): Array<{ test: TestPlan; name: string }> {
  if (runs === 1) return tests.map((test) => ({ test, name: test.name }));
  return Array.from({ length: runs }, (_, i) => tests.map((test) => ({ test, name: `${test.name}#${i + 1}` }))).flat();
}

interface Running {
  readonly context: RunContext;
  readonly folders: Folders;
  readonly store: Store;
  end(): Promise<void>;
}

async function startProcesses(settings: RunSettings, plan: Plan, stop: AbortSignal): Promise<Running> {
  const run = randomBytes(4).toString('hex');
  const folders = foldersOf(settings.cwd, run);
  for (const dir of [folders.run, ...(settings.bus ? [] : [folders.bus]), ...(settings.store ? [] : [folders.store])])
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  const location = settings.store ?? { dir: folders.store };
  const opening = openStore(location);
  opening.catch(() => {});
  const group =
    settings.bus && settings.store
      ? await unlessInterrupted(
          stop,
          opening.then(({ client }) => correlatorGroup(client)),
        )
      : '';
  const bus = await unlessInterrupted(stop, prepareBus(settings.bus ?? { dir: folders.bus }, group));
  const keeper = await Keeper.start(run, folders);
  const recorder = new Recorder(run, bus);
  const clock = RunClock.start();
  const recorded = recordRun(recorder, settings, plan, clock);
  const collectors = new Collectors(plan, run, folders, bus);
  const release = async () => {
    await collectors.end();
    await recorder.close();
    await keeper.end();
  };
  try {
    await recorded;
    const store = await opening;
    const lookUp: LookUp = (test, barrier) => storedBarrier(store.client, run, test, barrier);
    const correlator = new Correlator(run, folders, bus, location, lookUp);
    const context = {
      run,
      clock,
      cwd: settings.cwd,
      recorder,
      keeper,
      collectors,
      correlator,
      // Nobody but us writes to an engine of our own.
      checkStored: (test: string, seq: number) => (settings.store ? checkIntact(store.client, run, test, seq) : Promise.resolve()),
      deadline_ms: settings.deadline_ms,
      maxOutput: settings.maxOutput,
      seed: settings.seed,
    };
    return {
      context,
      folders,
      store,
      end: async () => {
        await correlator.end();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function recordRun(recorder: Recorder, settings: RunSettings, plan: Plan, { started_at, epoch_ns }: RunClock): Promise<void> {
  const data = {
    spec: settings.spec,
    files: plan.files,
    seed: settings.seed,
    deadline_ms: settings.deadline_ms,
    started_at,
    epoch_ns: String(epoch_ns),
  };
  recorder.write('', 'run', { data: JSON.stringify(data) }, epoch_ns);
  await recorder.durable();
}
