import type { StoreClient } from '../store/client.ts';

/** What the store has of a run. */
export interface Stored {
  /** For each test the last event up to which all of them are there. */
  readonly seqs: ReadonlyMap<string, number>;
  /** Tests of which everything is there. */
  readonly ended: readonly string[];
}

/** Asks the store what it has of a run. */
export async function storedOf(client: StoreClient, run: string): Promise<Stored> {
  const [events, finals] = await Promise.all([
    client.query<{ test: string; events: number; last: number }>(
      'SELECT test, toUInt64(count()) AS events, max(seq) AS last FROM events WHERE run = {run:String} GROUP BY test',
      { run },
    ),
    client.query<{ test: string }>("SELECT DISTINCT test FROM barriers WHERE run = {run:String} AND reason = 'final'", { run }),
  ]);
  return { seqs: new Map(events.filter((r) => r.events === r.last).map((r) => [r.test, r.last])), ended: finals.map((r) => r.test) };
}
