import type { StoreClient } from './client.ts';

/** A run as the store keeps it; written when it starts (`state` running, figures 0) and again when it ends. */
export interface RunRow {
  readonly run: string;
  readonly started_at: Date;
  readonly state: 'running' | 'ended';
  readonly spec: string;
  readonly seed: number;
  readonly flags: Readonly<Record<string, unknown>>;
  /** The spec and what it loads: path to hash. */
  readonly files: Readonly<Record<string, string>>;
  readonly duration_ms: number;
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly errors: number;
  readonly exit_code: number;
}

/** A test as the store keeps it; written when it starts (`verdict` empty) and again when it is judged. */
export interface TestRow {
  readonly run: string;
  readonly test: string;
  /** Place among the tests of the run. */
  readonly position: number;
  readonly name: string;
  readonly started_at: Date;
  readonly state: 'running' | 'ended';
  readonly verdict: Verdict | '';
  readonly reason: string;
  readonly duration_ms: number;
  readonly details: Readonly<Record<string, unknown>>;
}

export type Verdict = 'passed' | 'failed' | 'inconclusive' | 'error';

/** One judgement of a test. */
export interface VerdictRow {
  readonly run: string;
  readonly test: string;
  /** Place among the judgements of the test. */
  readonly ordinal: number;
  readonly spec: string;
  /** assert_never, assert_eventually, expect, monitor … */
  readonly kind: string;
  readonly verdict: Verdict;
  readonly reason: string;
  /** file:line:column */
  readonly place: string;
  readonly barrier: number;
  /** Events beyond it were not looked at. */
  readonly seq: number;
  /** `seq` of the events that decide. */
  readonly witness: readonly number[];
  readonly sql: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** ClickHouse's DateTime64 text of a moment, UTC. */
const moment = (date: Date): string => date.toISOString().slice(0, -1).replace('T', ' ');

/** Writes or replaces the row of a run. */
export async function insertRun(client: StoreClient, row: RunRow): Promise<void> {
  const { started_at, flags, files } = row;
  await client.insertRows('runs', [{ ...row, started_at: moment(started_at), flags: JSON.stringify(flags), files: JSON.stringify(files) }]);
}

/** Writes or replaces the rows of tests. */
export async function insertTests(client: StoreClient, rows: readonly TestRow[]): Promise<void> {
  const plain = rows.map((row) => ({ ...row, started_at: moment(row.started_at), details: JSON.stringify(row.details) }));
  if (plain.length > 0) await client.insertRows('tests', plain);
}

/** Writes or replaces judgements, all of them by one insert. */
export async function insertVerdicts(client: StoreClient, rows: readonly VerdictRow[]): Promise<void> {
  if (rows.length > 0)
    await client.insertRows(
      'verdicts',
      rows.map((row) => ({ ...row, details: JSON.stringify(row.details) })),
    );
}
