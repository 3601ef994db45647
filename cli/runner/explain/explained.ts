import type { StoreClient } from '../../../services/store/client.ts';
import { nearest } from '../nearest.ts';
import type { QueryWork } from '../result.ts';
import { SpecError } from '../spec-error.ts';

/** One assertion with the query behind it. */
export interface ExplainedAssertion {
  readonly kind: string;
  readonly verdict: string;
  readonly place: string;
  readonly reason: string;
  /** The sources that the result rests on. */
  readonly sources: readonly string[];
  /** Null for assertions that ask nothing of the store. */
  readonly query: QueryWork | null;
  /** What the query reads now; null where it cannot be asked again. */
  readonly cost: { readonly scanned: number; readonly bytes: number; readonly duration_ms: number } | null;
}

export interface ExplainedTest {
  readonly test: string;
  readonly verdict: string;
  readonly assertions: readonly ExplainedAssertion[];
}

interface VerdictRow {
  readonly test: string;
  readonly kind: string;
  readonly verdict: string;
  readonly place: string;
  readonly reason: string;
  readonly details: string;
}

/** The judgements of a run, or of one of its tests, as the store has them; each query is asked again for what it costs. */
export async function explainedTests(client: StoreClient, run: string, only: string | undefined): Promise<ExplainedTest[]> {
  const tests = await client.query<{ test: string; name: string; verdict: string }>(
    'SELECT test, name, verdict FROM tests FINAL WHERE run = {run:String} ORDER BY position',
    { run },
  );
  if (tests.length === 0) throw await unknownRun(client, run);
  const wanted =
    only === undefined ? tests : tests.filter(({ test, name }) => [test, name].some((n) => n === only || n === `test_${only}`));
  if (wanted.length === 0)
    throw new SpecError(null, `The run ${run} has no test "${only}". It has: ${tests.map((t) => t.name).join(', ')}.`);
  const rows = await client.query<VerdictRow>(
    'SELECT test, kind, verdict, place, reason, details FROM verdicts FINAL WHERE run = {run:String} ORDER BY test, ordinal',
    { run },
  );
  const explained: ExplainedTest[] = [];
  for (const { test, name, verdict } of wanted) {
    const assertions: ExplainedAssertion[] = [];
    for (const row of rows.filter((r) => r.test === test)) assertions.push(await explainedAssertion(client, row));
    explained.push({ test: name, verdict, assertions });
  }
  return explained;
}

async function explainedAssertion(client: StoreClient, { kind, verdict, place, reason, details }: VerdictRow): Promise<ExplainedAssertion> {
  const { sources, query } = JSON.parse(details) as { sources: string[]; query: QueryWork | null };
  const cost = query === null || query.sql === '' ? null : await client.costOf(query.sql, query.params);
  return { kind, verdict, place, reason, sources, query, cost };
}

async function unknownRun(client: StoreClient, run: string): Promise<SpecError> {
  const runs = await client.query<{ run: string }>('SELECT run FROM runs FINAL ORDER BY started_at DESC LIMIT 200');
  const near = nearest(
    run,
    runs.map((r) => r.run),
  );
  const hint =
    near.length > 0 ? `Did you mean ${near.join(' or ')}?` : runs.length > 0 ? `The last one is ${runs[0]!.run}.` : 'It has none yet.';
  return new SpecError(null, `The store has no run "${run}". ${hint}`);
}
