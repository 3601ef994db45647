import type { Proof } from '../../../schemas/proof.ts';
import type { StoreClient } from '../../../services/store/client.ts';
import type { Stored } from './correlator.ts';

/** The barrier of a test as the store has it; null when it has not yet. */
export async function storedBarrier(client: StoreClient, run: string, test: string, barrier: number): Promise<Stored | null> {
  const rows = await client.query<Proof & { seq: number }>(
    `SELECT toUInt64(seq) AS seq, source, service, kind, toBool(complete) AS complete, events, lost, position, reason, vacuous, sampled
     FROM proofs WHERE run = {run:String} AND test = {test:String} AND barrier = {barrier:UInt32} ORDER BY source`,
    { run, test, barrier },
  );
  const [first] = rows;
  if (!first) return null;
  return { test, barrier, seq: first.seq, sources: rows.map(({ seq: _, ...proof }) => proof) };
}
