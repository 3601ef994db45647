import { existsSync } from 'node:fs';
import { decodeRecords } from '../../../schemas/codec.ts';
import type { RunnerRecord } from '../../../schemas/generated/records.ts';
import type { BusLocation } from '../../../services/bus/location.ts';
import { openRunReader } from '../../../services/bus/open.ts';
import type { FaultPlan } from '../../spec/plan.ts';
import type { HostRequest } from '../host.ts';
import { RunClock } from '../run-clock.ts';
import { SpecError } from '../spec-error.ts';

/** A host call as the run made it, with the whole reply. */
export interface RecordedCall {
  readonly name: HostRequest['name'];
  readonly arg: unknown;
  readonly reply: unknown;
  /** A monitor's violation stopped the test while it was carried out. */
  readonly stopped?: true;
}

/** What the bus has of one test. */
export interface RecordedTest {
  readonly name: string;
  readonly started_at: string;
  readonly calls: readonly RecordedCall[];
  readonly prints: readonly string[];
  /** Rule number to hits. */
  readonly hits: ReadonlyMap<number, number>;
  readonly duration_ms: number;
  /** It came to its end: its last barrier was taken. */
  readonly ended: boolean;
}

/** What the bus has of a run, beside what its collectors saw. */
export interface RecordedRun {
  readonly run: string;
  readonly spec: string;
  readonly seed: number;
  readonly started_at: string;
  /** The spec and what it loads, by name. */
  readonly files: ReadonlyMap<string, string>;
  readonly tests: readonly RecordedTest[];
}

interface RunData {
  readonly spec: string;
  readonly seed: number;
  readonly started_at: string;
  readonly epoch_ns: string;
  readonly files: ReadonlyArray<{ readonly name: string; readonly source: string }>;
}

/** Reads what the runner wrote about a run. A run that the bus does not have (any more) is a `SpecError`. */
export async function readRecordedRun(run: string, bus: BusLocation): Promise<RecordedRun> {
  const where = 'dir' in bus ? bus.dir : bus.kafka.brokers.join(',');
  if ('dir' in bus && !existsSync(bus.dir)) throw new SpecError(null, `There is no run "${run}" in ${where}.`);
  const records = await readAll(bus, run);
  if (records.length === 0 && 'kafka' in bus) throw new SpecError(null, `There is no run "${run}" at ${where}.`);
  const head = records.find((r) => r.type === 'run');
  if (!head) throw new SpecError(null, `The run "${run}" ended before it began: its record has no spec.`);
  const data = JSON.parse(head.data!) as RunData;
  const names = [
    ...new Set(
      records
        .filter((r) => r.type === 'test')
        .sort(byTime)
        .map((r) => r.test),
    ),
  ];
  const lastAttempts = names.filter((name) => !names.some((other) => baseOf(other) === baseOf(name) && attemptOf(other) > attemptOf(name)));
  const clock = new RunClock(data.started_at, BigInt(data.epoch_ns));
  const tests = lastAttempts.map((name) =>
    recordedTest(
      name,
      records.filter((r) => r.test === name),
      clock,
    ),
  );
  return {
    run,
    spec: data.spec,
    seed: data.seed,
    started_at: data.started_at,
    files: new Map(data.files.map((f) => [f.name, f.source])),
    tests,
  };
}

async function readAll(bus: BusLocation, run: string): Promise<RunnerRecord[]> {
  const reader = openRunReader(bus, run, ['runner']);
  const records: RunnerRecord[] = [];
  try {
    do for (let block = reader.next(); block !== null; block = reader.next()) records.push(...decodeRecords('runner', block.records));
    while (!(await reader.atEnd()));
  } finally {
    await reader.close();
  }
  return records;
}

/** A bus of several parts keeps the order of each test's records, not that of the tests. */
const byTime = (a: RunnerRecord, b: RunnerRecord): number => Number(BigInt(a.at_ns) - BigInt(b.at_ns));
const baseOf = (name: string): string => name.replace(/~[0-9]+$/, '');
const attemptOf = (name: string): number => Number(/~([0-9]+)$/.exec(name)?.[1] ?? 1);

function recordedTest(name: string, records: readonly RunnerRecord[], clock: RunClock): RecordedTest {
  const data = <T>(r: RunnerRecord) => JSON.parse(r.data ?? 'null') as T;
  const hits = new Map<number, number>();
  for (const r of records)
    if (r.type === 'fault') hits.set(data<{ rule: number }>(r).rule, (hits.get(data<{ rule: number }>(r).rule) ?? 0) + 1);
  const begin = records.find((r) => r.type === 'test')!;
  const end = records.find((r) => r.type === 'end');
  const last = end ?? records.at(-1)!;
  return {
    name,
    hits,
    started_at: clock.dateOf(begin.at_ns),
    duration_ms: Number(BigInt(last.at_ns) - BigInt(begin.at_ns)) / 1e6,
    ended: end !== undefined,
    calls: records.filter((r) => r.type === 'call').map((r) => data<RecordedCall>(r)),
    prints: records.filter((r) => r.type === 'print').map((r) => data<{ text: string }>(r).text),
  };
}

/** The faults of a test by their rule numbers: first those of the plan, then those that the spec armed. */
export function armedFaults(planned: readonly FaultPlan[], test: RecordedTest): Map<number, FaultPlan> {
  const rules = new Map(planned.map((fault, i) => [i + 1, fault]));
  for (const call of test.calls)
    if (call.name === 'arm') (call.reply as number[]).forEach((rule, i) => rules.set(rule, (call.arg as FaultPlan[])[i]!));
  return rules;
}
