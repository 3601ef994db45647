import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Proof } from '../../../schemas/proof.ts';
import { busLocation, type BusLocation } from '../../../services/bus/location.ts';
import { checkIntact } from '../../../services/store/intact.ts';
import { openStore, storeLocation, type Store, type StoreLocation } from '../../../services/store/store.ts';
import { exportTrace } from '../../export/trace-file.ts';
import { sourceLines } from '../../report/source-lines.ts';
import { styleFor } from '../../report/style.ts';
import { exitCode } from '../../report/summary.ts';
import { TerminalReport } from '../../report/terminal.ts';
import type { Plan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import { foldersOf, type Folders } from '../folders.ts';
import { Correlator } from '../processes/correlator.ts';
import { storedBarrier } from '../processes/stored-barriers.ts';
import type { RunResult, TestResult } from '../result.ts';
import { faultResult } from '../test/fault-result.ts';
import { judge } from '../test/judge.ts';
import { watchHost } from '../test/watch-host.ts';
import { SpecWorker } from '../worker/spec-worker.ts';
import { RecordedHost } from './recorded-host.ts';
import { armedFaults, readRecordedRun, type RecordedRun, type RecordedTest } from './recorded-run.ts';

/**
 * Judges a run again from what is on the bus: nothing is started, every host call is answered as it was. A store that does not have the run
 * (any more) is filled from the bus first. The verdicts, and the export, are those of the run.
 */
export async function checkCommand({
  run,
  output,
  bus: address,
  store: where,
}: {
  run: string;
  output: string | undefined;
  bus: string | undefined;
  store: string | undefined;
}): Promise<number> {
  const cwd = process.cwd();
  const folders = foldersOf(cwd, run);
  const bus = address === undefined ? { dir: folders.bus } : busLocation(address);
  const recorded = await readRecordedRun(run, bus);
  mkdirSync(folders.run, { recursive: true });
  const location = where === undefined ? { dir: folders.store } : storeLocation(where);
  const store = await openStore(location);
  try {
    await fill(store, location, recorded, folders, bus);
    const { result, plan } = await judgeAgain(recorded, store, folders.run);
    const report = new TerminalReport((text) => void process.stdout.write(text), styleFor(process.stdout));
    report.begin(recorded.spec, result.tests.length, result.services, recorded.seed);
    result.tests.forEach((t) => report.test(t));
    report.end(result, sourceLines(plan.files));
    if (output !== undefined) await exportTrace(store.client, result, resolve(cwd, output));
    return exitCode([result], false);
  } finally {
    await store.close();
  }
}

/** Runs the correlator over the bus when the store lacks the last barrier of a test. Throws when it lacks one afterwards too. */
async function fill(store: Store, location: StoreLocation, recorded: RecordedRun, folders: Folders, bus: BusLocation): Promise<void> {
  const { run, tests } = recorded;
  const stored = await finished(store, run);
  if (tests.every(({ name }) => stored.has(name))) return;
  await new Correlator(run, folders, bus, location, (test, barrier) => storedBarrier(store.client, run, test, barrier)).finish();
  const now = await finished(store, run);
  const lacking = tests.filter(({ name, ended }) => ended && !now.has(name)).map(({ name }) => name);
  if (lacking.length > 0) {
    throw new EnvironmentError(
      'E_CORRELATOR',
      `The store does not have all of the run "${run}": of ${lacking.join(', ')} the end is missing.`,
    );
  }
}

/** The tests of a run of which the store has everything. */
async function finished(store: Store, run: string): Promise<Set<string>> {
  const sql = "SELECT DISTINCT test FROM barriers WHERE run = {run:String} AND reason = 'final'";
  return new Set((await store.client.query<{ test: string }>(sql, { run })).map(({ test }) => test));
}

async function judgeAgain(recorded: RecordedRun, store: Store, folder: string): Promise<{ result: RunResult; plan: Plan }> {
  const began = performance.now();
  const dir = mkdtempSync(join(folder, 'check-'));
  const { cwd, spec } = restoreFiles(dir, recorded.files);
  const worker = new SpecWorker(cwd);
  try {
    const plan = await worker.load(spec);
    const tests: TestResult[] = [];
    for (const test of recorded.tests) tests.push(await judgeTest(recorded.run, test, plan, worker, store));
    const { run, seed, started_at } = recorded;
    return {
      plan,
      result: {
        run,
        spec: recorded.spec,
        seed,
        started_at,
        duration_ms: performance.now() - began,
        services: plan.services.map((s) => s.name),
        tests,
      },
    };
  } finally {
    await worker.end();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Puts a spec and what it loads below a folder, so that from some folder there they have the names that the run knew them by. */
function restoreFiles(dir: string, files: RecordedRun['files']): { readonly cwd: string; readonly spec: string } {
  const names = [...files.keys()];
  const ups = Math.max(...names.map((name) => name.split('/').filter((part) => part === '..').length));
  const cwd = join(dir, ...Array.from({ length: ups }, () => 'd'));
  for (const [name, source] of files) {
    const file = join(cwd, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, source);
  }
  return { cwd, spec: join(cwd, names[0]!) };
}

async function judgeTest(run: string, test: RecordedTest, plan: Plan, worker: SpecWorker, store: Store): Promise<TestResult> {
  const name = test.name.replace(/~[0-9]+$/, '');
  const planned = plan.tests.find((t) => t.name === name.replace(/#[0-9]+$/, ''));
  const host = new RecordedHost(test, (request) => store.client.query(request.sql, request.params));
  const drivenOnly = await worker.drive(planned?.name ?? name, test.name, run, host);
  const proofs = await store.client.query<Proof>(
    `SELECT source, last.1 AS service, last.2 AS kind, toBool(last.3) AS complete, last.4 AS events, last.5 AS lost, last.6 AS position, last.7 AS reason, last.8 AS vacuous, last.9 AS sampled
     FROM last_proofs WHERE run = {run:String} AND test = {test:String} ORDER BY source`,
    { run, test: test.name },
  );
  const [end] = await store.client.query<{ seq: number }>(
    'SELECT max(seq) AS seq FROM barriers WHERE run = {run:String} AND test = {test:String}',
    { run, test: test.name },
  );
  await checkIntact(store.client, run, test.name, end?.seq ?? 0);
  const order = { test: planned?.name ?? name, storeTest: test.name, run, upTo: end?.seq ?? 0, proofs };
  const watched =
    planned && planned.monitors.length > 0
      ? await worker.watch(
          order,
          watchHost(
            (request) => store.client.query(request.sql, request.params),
            (text) => host.print(text),
          ),
        )
      : null;
  const driven = { ...drivenOnly, assertions: [...drivenOnly.assertions, ...(watched?.results ?? [])] };
  const faults = [...armedFaults(planned?.faults ?? [], test)].map(([rule, fault]) => faultResult(fault, test.hits.get(rule) ?? 0));
  return {
    name,
    stored_as: test.name,
    started_at: test.started_at,
    duration_ms: test.duration_ms,
    faults,
    sources: proofs,
    assertions: driven.assertions,
    prints: host.prints,
    ...judge({ driven, error: driven.error, faults, proofs }),
  };
}
