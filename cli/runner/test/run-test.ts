import { join } from 'node:path';
import type { FaultPlan, Plan, TestPlan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import { fileName, type Folders } from '../folders.ts';
import type { BarrierReply } from '../host.ts';
import type { FaultResult, TestError, TestResult } from '../result.ts';
import { SpecError } from '../spec-error.ts';
import type { Driven } from '../worker/messages.ts';
import type { SpecWorker } from '../worker/spec-worker.ts';
import type { RunContext, TestContext } from './context.ts';
import { LiveHost, type Query } from './live-host.ts';
import { isNetworkConnectDeny } from './connect-faults.ts';
import { faultResult } from './fault-result.ts';
import { judge } from './judge.ts';
import { Watch } from './watch.ts';
import { World } from './world.ts';

/** What a test needs beside the run's processes. */
export interface TestInput {
  readonly plan: Plan;
  readonly test: TestPlan;
  /** The test's name on the bus and in the store, unique in the run. */
  readonly name: string;
  readonly folders: Folders;
  readonly worker: SpecWorker;
  /** Evaluates monitors beside the scenario; null when the spec has none. */
  readonly monitors: SpecWorker | null;
  readonly query: Query;
  /** Aborted when the run is to end. */
  readonly stop: AbortSignal;
}

type Filters = Map<string, Set<string>>;

const maxAttempts = 8;
const nothingProven: BarrierReply = { barrier: 0, seq: 0, proofs: [] };

/**
 * Runs one test from its cgroup to its verdict. A fault inside the test whose calls the filter lacks makes it start afresh with them; so
 * does, once, a collector that is gone before the scenario begins.
 */
export async function runTest(context: RunContext, input: TestInput): Promise<TestResult> {
  const filters = plannedFilters(input.test.faults, context.keeper.netFaults);
  for (let attempt = 1; ; attempt++) {
    const outcome = await runAttempt(context, input, filters, attempt);
    const unobserved = outcome.unobserved && attempt === 1;
    if (!unobserved && (!outcome.missingFilter || attempt === maxAttempts)) return outcome.result;
    for (const [service, calls] of Object.entries(outcome.missingFilter ?? {})) for (const call of calls) add(filters, service, call);
  }
}

/** The calls that each service's seccomp filter must have: those of faults that are not struck at its cgroup. */
function plannedFilters(faults: readonly FaultPlan[], netFaults: boolean): Filters {
  const filters: Filters = new Map();
  const filtered = faults.filter((fault) => !netFaults || !isNetworkConnectDeny(fault));
  for (const fault of filtered) for (const call of fault.calls) add(filters, fault.service, call);
  return filters;
}

function add(filters: Filters, service: string, call: string): void {
  filters.set(service, (filters.get(service) ?? new Set()).add(call));
}

/** What an attempt came to. */
interface Outcome {
  readonly result: TestResult;
  readonly missingFilter: Driven['missingFilter'];
  /** A collector was gone before the scenario could begin. */
  readonly unobserved: boolean;
}

async function runAttempt(run: RunContext, input: TestInput, filters: Filters, attempt: number): Promise<Outcome> {
  const test = attempt === 1 ? input.name : `${input.name}~${attempt}`;
  const collectors = run.collectors.forTest();
  const context: TestContext = {
    ...run,
    test,
    collectors,
    dir: join(input.folders.run, fileName(test)),
    tmp: join(run.keeper.dir, 'tmp', fileName(test)),
  };
  const began = performance.now();
  const watch =
    input.test.monitors.length === 0 || input.monitors === null
      ? null
      : new Watch({
          worker: input.monitors,
          test: input.test.name,
          storeTest: test,
          run: run.run,
          query: input.query,
          print: (text) => host.print(text),
        });
  const world = new World(context, input.plan, filters, watch);
  const host: LiveHost = new LiveHost(context, world, input, watch);
  let driven: Driven = { assertions: [], error: null, missingFilter: null, doubtful: [], caveats: [] };
  let error: TestError | null = null;
  let built = false;
  try {
    await world.build(input.stop);
    built = true;
    await host.armPlanned();
    world.barriers.startFlow();
    driven = await input.worker.drive(input.test.name, test, run.run, host);
    error = driven.error ?? host.lostLauncher();
  } catch (cause) {
    error = testError(cause);
  }
  const unobserved = !built && error?.code === 'E_COLLECTOR_GONE';
  world.barriers.stopFlow();
  const left = await world.leaveRemote().catch((cause: unknown) => {
    error ??= testError(cause);
    return [];
  });
  await world.stopServices();
  const last = await (world.begun ? world.barriers.take('final') : Promise.resolve(nothingProven)).catch((cause: unknown) => {
    error ??= testError(cause);
    return nothingProven;
  });
  await world.dismantle();
  const faults = faultResults(world);
  const proofs = [...last.proofs, ...left].sort((a, b) => (a.source < b.source ? -1 : 1));
  const watched = await (watch?.finish(last.seq, proofs) ?? Promise.resolve([])).catch((cause: unknown) => {
    error ??= testError(cause);
    return [];
  });
  driven = { ...driven, assertions: [...driven.assertions, ...watched] };
  const judged = judge({ driven, error, faults, proofs });
  const result = {
    name: input.name,
    stored_as: test,
    started_at: run.clock.dateOf(world.started_ns),
    duration_ms: performance.now() - began,
    faults,
    sources: proofs,
    assertions: driven.assertions,
    prints: host.prints,
    ...judged,
  };
  return { result, missingFilter: driven.missingFilter, unobserved };
}

function testError(cause: unknown): TestError {
  if (cause instanceof SpecError)
    return {
      kind: 'spec',
      code: 'E_SPEC',
      text: cause.place ? `${cause.place.file}:${cause.place.line}:${cause.place.col}: ${cause.message}` : cause.message,
    };
  if (cause instanceof EnvironmentError) return { kind: 'environment', code: cause.code, text: cause.message };
  const { message, code = 'E_INTERNAL' } = cause as Error & { code?: string };
  return { kind: 'environment', code, text: message };
}

function faultResults(world: World): FaultResult[] {
  return world.services.flatMap((s) => [...s.faults.rules.values()].map(({ fault, hits }) => faultResult(fault, hits)));
}
