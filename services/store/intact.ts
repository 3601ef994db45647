import type { StoreClient } from './client.ts';
import { StoreError } from './errors.ts';

/**
 * Proves that the store has each event of a test up to `seq`, once: they are numbered from 1 without holes. Rejects with E_STORE_LOST where
 * rows were removed, hidden or doubled, or where another server answers than the one that took them.
 */
export async function checkIntact(client: StoreClient, run: string, test: string, seq: number): Promise<void> {
  const [row] = await client.query<{ rows: number; sum: number | bigint }>(
    'SELECT toUInt64(count()) AS rows, toUInt64(sum(seq)) AS sum FROM events WHERE run = {run:String} AND test = {test:String} AND seq <= {seq:UInt64}',
    { run, test, seq },
  );
  const { rows, sum } = row!;
  if (rows === seq && BigInt(sum) === (BigInt(seq) * BigInt(seq + 1)) / 2n) return;
  const { url, database } = client.address;
  const what = `The store at ${url} gives ${rows} events of test "${test}" where it has taken ${seq}.`;
  const why = `Are rows of database "${database}" removed or hidden from this user, or do several servers answer there, each with rows of its own?`;
  throw new StoreError('E_STORE_LOST', `${what} ${why}`);
}
