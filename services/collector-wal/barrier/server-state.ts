import { monotonicNs } from '../../collector/clock.ts';
import type { Connection } from '../server/connect.ts';
import { parseLsn, type Lsn } from '../server/lsn.ts';
import type { ClockReading } from '../stream/clock-pair.ts';
import { parseSnapshot, type Snapshot } from './snapshot.ts';

/** A server at one moment. */
export interface ServerState {
  /** Which transactions had ended. */
  readonly snapshot: Snapshot;
  /** Where the next record goes: each of those transactions has its commit record before it, flushed or not. */
  readonly insert: Lsn;
  readonly clock: ClockReading;
}

// The snapshot is the statement's own, taken before the log's end is read.
const sql = `
  SELECT pg_current_snapshot()::text AS snapshot, pg_current_wal_insert_lsn()::text AS lsn,
    (extract(epoch FROM clock_timestamp()) * 1000000)::bigint::text AS wall_us`;

/** Asks a server where it is; nothing is written. */
export async function serverState(connection: Connection): Promise<ServerState> {
  const before_ns = monotonicNs();
  const [row] = await connection.query<{ snapshot: string; lsn: string; wall_us: string }>(sql);
  const after_ns = monotonicNs();
  return {
    snapshot: parseSnapshot(row!.snapshot),
    insert: parseLsn(row!.lsn),
    clock: { before_ns, after_ns, wall_us: BigInt(row!.wall_us) },
  };
}
