import type { Clock } from '../../../events/clocks.ts';
import type { EventRow } from '../../../events/row.ts';
import { EventValue } from '../../../spec/values/event-value.ts';
import type { Host } from '../../host.ts';
import { asRows, type SelectionQuery } from './selection-query.ts';

/** Rows that one query fetches at most. */
export const page = 5000;

/** The SQL work of an assertion. */
export interface Work {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Rows that left the store. */
  readonly rows: number;
  readonly duration_ms: number;
}

const noWork: Work = { sql: '', params: {}, rows: 0, duration_ms: 0 };

/** Reads the events of one test from the store, as specs see them. */
export class EventReader {
  readonly #host: Pick<Host, 'query'>;
  readonly #run: string;
  readonly #test: string;
  #work = noWork;

  constructor(host: Pick<Host, 'query'>, run: string, test: string) {
    this.#host = host;
    this.#run = run;
    this.#test = test;
  }

  /** What was asked since the last call. */
  takeWork(): Work {
    const work = this.#work;
    this.#work = noWork;
    return work;
  }

  /** The rows behind `after` and up to `upTo` that the store has for a query, in their order; `limit` at a time. */
  *rows(query: SelectionQuery, after: number, upTo: number, limit = page): Generator<EventValue> {
    for (let from = after; from < upTo; ) {
      const request = query.request(this.#run, this.#test, from, upTo, limit);
      const began = performance.now();
      const rows = asRows(this.#host.query(request));
      const { rows: before, duration_ms } = this.#work;
      this.#work = { ...request, rows: before + rows.length, duration_ms: duration_ms + performance.now() - began };
      for (const row of rows) yield this.event(row);
      if (rows.length < limit) return;
      from = rows.at(-1)!.seq;
    }
  }

  /** Rows that come near a query, the newest first. */
  near(query: SelectionQuery, upTo: number, limit: number): EventValue[] {
    return asRows(this.#host.query(query.nearRequest(this.#run, this.#test, upTo, limit))).map((row) => this.event(row));
  }

  event(row: EventRow): EventValue {
    return new EventValue(row, (r) => this.clock(r));
  }

  /** The whole vector clock of an event: the store keeps other lanes' entries only where they changed. */
  clock(row: EventRow): Clock {
    const sql = 'SELECT clock_service, clock_value FROM events WHERE run = {run:String} AND test = {test:String} AND service = {service:String} AND seq <= {seq:UInt64} AND notEmpty(clock_service) ORDER BY seq DESC LIMIT 1';
    const params = { run: this.#run, test: this.#test, service: row.service, seq: row.seq };
    const [last] = this.#host.query({ sql, params }) as ReadonlyArray<Pick<EventRow, 'clock_service' | 'clock_value'>>;
    const others = last ? Object.fromEntries(last.clock_service.map((s, i) => [s, last.clock_value[i]!])) : {};
    return { ...others, [row.service]: row.lane };
  }
}
