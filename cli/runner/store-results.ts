import type { StoreClient } from '../../services/store/client.ts';
import { insertRun, insertTests, insertVerdicts } from '../../services/store/runs.ts';
import type { Plan } from '../spec/plan.ts';
import type { RunResult } from './result.ts';

/** Puts a run, its tests and every judgement beside their events, so that SQL finds them together. */
export async function storeResults(client: StoreClient, result: RunResult, plan: Plan): Promise<void> {
  const { run, spec, seed, duration_ms, tests } = result;
  const count = (verdict: string) => tests.filter((t) => t.verdict === verdict).length;
  const started_at = new Date(result.started_at);
  const files = Object.fromEntries(plan.files.map((f) => [f.name, f.sha256]));
  const verdicts = tests.flatMap((t) =>
    t.assertions.map((a, i) => ({
      run,
      test: t.stored_as,
      ordinal: i + 1,
      spec,
      kind: a.name,
      verdict: a.verdict,
      reason: a.message,
      place: `${a.place.file}:${a.place.line}:${a.place.col}`,
      barrier: 0,
      seq: 0,
      witness: a.witness.map((w) => w.seq),
      sql: a.query?.sql ?? '',
      details: { sources: a.sources, query: a.query },
    })),
  );
  await Promise.all([
    insertRun(client, {
      run,
      started_at,
      state: 'ended',
      spec,
      seed,
      flags: {},
      files,
      duration_ms,
      passed: count('passed'),
      failed: count('failed'),
      inconclusive: count('inconclusive'),
      errors: count('error'),
      exit_code: 0,
    }),
    insertTests(
      client,
      tests.map((t, i) => ({
        run,
        test: t.stored_as,
        position: i + 1,
        name: t.name,
        started_at: new Date(t.started_at),
        state: 'ended' as const,
        verdict: t.verdict,
        reason: t.reason,
        duration_ms: t.duration_ms,
        details: { faults: t.faults, vacuous: t.vacuous },
      })),
    ),
    insertVerdicts(client, verdicts),
  ]);
}
