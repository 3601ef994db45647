import { eventColumns, type EventRow } from './row.ts';

/** Whatever answers SQL with rows. */
export interface Rows {
  query<R>(sql: string, params: Readonly<Record<string, unknown>>): Promise<R[]>;
}

const page = 20_000;

/** All events of a test in their order, read in pages. */
export async function* readEvents(client: Rows, run: string, test: string): AsyncGenerator<EventRow> {
  const sql = `SELECT ${eventColumns.join(', ')} FROM events WHERE run = {run:String} AND test = {test:String} AND seq > {after:UInt64} ORDER BY seq LIMIT ${page}`;
  for (let after = 0; ;) {
    const rows = await client.query<EventRow>(sql, { run, test, after });
    for (const event of rows) {
      after = event.seq;
      yield event;
    }
    if (rows.length < page) return;
  }
}
