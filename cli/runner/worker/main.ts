/** The worker thread: holds a loaded spec, drives its tests one after another, and blocks wherever the runner has to answer. */
import { workerData } from 'node:worker_threads';
import { call, StarlarkError, Thread, type Value } from '../../starlark/index.ts';
import { loadSpec, type LoadedSpec } from '../../spec/load-spec.ts';
import { testSteps } from '../../spec/limits.ts';
import type { TestError } from '../result.ts';
import { violationCode } from '../host.ts';
import { Bridge, bridgedHost, HostFailure, type WorkerData } from './bridge.ts';
import { RunningTrial } from './judgement/running-trial.ts';
import { TestStop } from './judgement/test-stop.ts';
import type { Driven, ToWorker, Watched, WatchOrder } from './messages.ts';
import { Watching } from './watching.ts';

const data = workerData as WorkerData;
const bridge = new Bridge(data);
const host = bridgedHost(bridge);
let loaded: LoadedSpec | null = null;
const watched = new Map<string, Watching>();

function drive({ test, storeTest, run }: { test: string; storeTest: string; run: string }): Driven {
  const declared = loaded!.tests.get(test)!;
  const trial = new RunningTrial(host, run, storeTest, loaded!.plan.services);
  let error: TestError | null = null;
  let missingFilter: Driven['missingFilter'] = null;
  loaded!.session.enter(trial);
  try {
    const thread = new Thread({ print: host.print, stepLimit: testSteps });
    const result: Value = call(thread, declared.scenario, []);
    if (declared.expect) {
      host.barrier();
      call(thread, declared.expect, [result]);
    }
  } catch (cause) {
    const failure = hostFailure(cause);
    if (failure?.code === 'E_FILTER') missingFilter = JSON.parse(failure.message) as Driven['missingFilter'];
    else if (!stopped(cause) && failure?.code !== violationCode) error = testError(cause, failure);
  }
  loaded!.session.enter(null);
  return { assertions: trial.assertions, error, missingFilter, doubtful: trial.doubtful, caveats: trial.caveats };
}

/** Each test has monitors of its own until the order that ends it. */
function watch(order: WatchOrder): Watched {
  const watching = watched.get(order.storeTest) ?? new Watching(host, loaded!, order);
  watched.set(order.storeTest, watching);
  if (order.proofs !== null) watched.delete(order.storeTest);
  return watching.advance(order);
}

/** The failed host call behind an error, which the evaluator may have wrapped. */
function hostFailure(cause: unknown): HostFailure | null {
  for (let c = cause; c instanceof Error; c = c.cause) if (c instanceof HostFailure) return c;
  return null;
}

function stopped(cause: unknown): boolean {
  for (let c = cause; c instanceof Error; c = c.cause) if (c instanceof TestStop) return true;
  return false;
}

function testError(cause: unknown, failure: HostFailure | null): TestError {
  if (failure) return { kind: 'environment', code: failure.code, text: failure.message };
  if (cause instanceof StarlarkError) return { kind: 'spec', code: 'E_SPEC', text: cause.format(loaded!.sourceOf) };
  const { message, stack } = cause as Error;
  return { kind: 'environment', code: 'E_INTERNAL', text: stack ?? message };
}

for (;;) {
  const message = bridge.receive() as ToWorker;
  if ('load' in message) {
    try {
      loaded = loadSpec(message.load.spec, data.cwd, host.print);
      bridge.post({ loaded: loaded.plan });
    } catch (error) {
      bridge.post({ refused: { text: (error as Error).message } });
    }
  } else if ('watch' in message) bridge.post({ watched: watch(message.watch) });
  else bridge.post({ driven: drive(message.drive) });
}
