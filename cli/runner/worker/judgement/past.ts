import { eventColumns, type EventRow } from '../../../events/row.ts';
import type { Host } from '../../host.ts';
import type { ShownEvent } from '../../result.ts';
import { asRows } from './selection-query.ts';
import { shown } from './shown.ts';

const hops = 4;
const ownEvents = 2;

/** Edges that come from elsewhere: another service, another process, the driver. */
const incoming = ['tcp', 'connect', 'pipe', 'unix', 'step', 'process'];

/**
 * How an event came about, oldest first: its service's last events before it, and, hop by hop, the last thing that reached a service
 * from elsewhere with what sent it.
 */
export function causalPast(host: Host, run: string, test: string, witness: EventRow): ShownEvent[] {
  const select = (rest: string, params: Record<string, unknown>) =>
    asRows(
      host.query({
        sql: `SELECT ${eventColumns.join(', ')} FROM events WHERE run = {run:String} AND test = {test:String} AND ${rest}`,
        params: { run, test, ...params },
      }),
    );
  const found = new Map([[witness.seq, witness]]);
  const own = select(`service = {service:String} AND seq < {seq:UInt64} ORDER BY seq DESC LIMIT ${ownEvents}`, {
    service: witness.service,
    seq: witness.seq,
  });
  for (const row of own) found.set(row.seq, row);
  let at: EventRow | undefined = witness;
  for (let hop = 0; at && hop < hops; hop++) {
    const [arrival] = select(
      'service = {service:String} AND seq <= {seq:UInt64} AND hasAny(cause_rule, {incoming:Array(String)}) ORDER BY seq DESC LIMIT 1',
      { service: at.service, seq: at.seq, incoming },
    );
    if (!arrival) break;
    found.set(arrival.seq, arrival);
    const senders = select('seq IN {seqs:Array(UInt64)} ORDER BY seq', { seqs: arrival.cause_seq });
    for (const row of senders) found.set(row.seq, row);
    at = senders.find((row) => row.service !== arrival.service);
  }
  return [...found.values()].sort((a, b) => a.seq - b.seq).map(shown);
}
