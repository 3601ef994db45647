/** Which transactions had ended at a moment (pg_snapshot): all below `xmax` but those in `running`. */
export interface Snapshot {
  readonly xmax: bigint;
  readonly running: ReadonlySet<bigint>;
}

/** Reads `xmin:xmax:xip,xip`. */
export function parseSnapshot(text: string): Snapshot {
  const [, xmax = '0', running = ''] = text.split(':');
  return { xmax: BigInt(xmax), running: new Set(running === '' ? [] : running.split(',').map(BigInt)) };
}

/** Whether a transaction that has an id may have ended between two snapshots. Subtransactions count as ended: better one too many. */
export function anyEnded(before: Snapshot, after: Snapshot): boolean {
  for (const xid of before.running) if (!after.running.has(xid)) return true;
  const begun = after.xmax - before.xmax;
  if (begun > BigInt(after.running.size)) return true;
  for (let xid = before.xmax; xid < after.xmax; xid++) if (!after.running.has(xid)) return true;
  return false;
}
