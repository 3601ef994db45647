import type { StoreClient } from '../store/client.ts';

/** For each test of a run the last event up to which the store has all of them. */
export async function storedSeqs(client: StoreClient, run: string): Promise<Map<string, number>> {
  const sql = 'SELECT test, toUInt64(count()) AS events, max(seq) AS last FROM events WHERE run = {run:String} GROUP BY test';
  const rows = await client.query<{ test: string; events: number; last: number }>(sql, { run });
  return new Map(rows.filter((r) => r.events === r.last).map((r) => [r.test, r.last]));
}

/** The tests of a run of which the store has everything. */
export async function endedTests(client: StoreClient, run: string): Promise<string[]> {
  const rows = await client.query<{ test: string }>("SELECT DISTINCT test FROM barriers WHERE run = {run:String} AND reason = 'final'", { run });
  return rows.map((r) => r.test);
}
