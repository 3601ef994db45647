import { lsnText, type Lsn } from '../server/lsn.ts';

/** The transaction that changes belong to. A logical message outside of one stands for itself: its `xid` and `commit_ts` are null. */
export interface Transaction {
  /** LSN of the commit record. */
  readonly lsn: Lsn;
  readonly xid: number | null;
  /** RFC 3339 with microseconds, in UTC. */
  readonly commit_ts: string | null;
  /** CLOCK_MONOTONIC: no later than the commit's timestamp; null where there is none. */
  readonly committed_ns: bigint | null;
  /** CLOCK_MONOTONIC: no earlier than the server began to send it. */
  readonly sent_ns: bigint;
}

/** What an event's data tells of its transaction, as members of a JSON object. */
export function transactionMembers({ lsn, xid, commit_ts }: Transaction): string {
  return `"lsn":"${lsnText(lsn)}","xid":${xid},"commit_ts":${JSON.stringify(commit_ts)}`;
}

/** A wall-clock time in µs since 1970 as RFC 3339. */
export function timestampText(wall_us: bigint): string {
  const seconds = new Date(Number(wall_us / 1_000_000n) * 1000).toISOString().slice(0, 19);
  return `${seconds}.${String(wall_us % 1_000_000n).padStart(6, '0')}Z`;
}
