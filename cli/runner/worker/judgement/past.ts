import { eventColumns, type EventRow } from '../../../events/row.ts';
import type { Host } from '../../host.ts';
import type { ShownEvent } from '../../result.ts';
import { asRows } from './selection-query.ts';
import { shown } from './shown.ts';

const most = 8;
const ownEvents = 2;

/** How an event came about: the last events of its own service and, behind them, the sends that led there. Oldest first. */
export function causalPast(host: Host, run: string, test: string, witness: EventRow): ShownEvent[] {
  const select = `SELECT ${eventColumns.join(', ')} FROM events WHERE run = {run:String} AND test = {test:String} AND`;
  const found = new Map<number, EventRow>();
  let frontier: readonly EventRow[] = [witness];
  while (frontier.length > 0 && found.size < most) {
    const wanted = frontier.flatMap((e) => e.cause_seq.filter((seq, i) => e.cause_rule[i] !== 'lane' && !found.has(seq)));
    const lanes = frontier.slice(0, 1);
    const rows = [
      ...(wanted.length > 0 ? asRows(host.query({ sql: `${select} seq IN {wanted:Array(UInt64)}`, params: { run, test, wanted } })) : []),
      ...lanes.flatMap((e) => asRows(host.query({ sql: `${select} service = {service:String} AND seq < {seq:UInt64} ORDER BY seq DESC LIMIT ${ownEvents}`, params: { run, test, service: e.service, seq: e.seq } }))),
    ].filter((e) => !found.has(e.seq) && e.seq !== witness.seq);
    for (const row of rows.slice(0, most - found.size)) found.set(row.seq, row);
    frontier = rows.filter((e) => e.cause_rule.some((rule) => rule !== 'lane'));
  }
  return [...found.values(), witness].sort((a, b) => a.seq - b.seq).map(shown);
}
