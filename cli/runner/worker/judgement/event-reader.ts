import type { Clock } from '../../../events/clocks.ts';
import { eventColumns, type EventRow } from '../../../events/row.ts';
import { EventValue } from '../../../spec/values/event-value.ts';
import type { Range } from '../../../query/index.ts';
import type { Host, QueryRequest } from '../../host.ts';
import { asRows, type SelectionQuery } from './selection-query.ts';

/** Rows that one search finds at most, and events that are fetched at once. */
const page = 5000;
const batch = 500;
/** Up to so many events a search reads whole rows: a second round trip would cost more. */
const smallRange = 20_000;

/** SQL leaves the row to the interpreter: 1. */
interface Undecided {
  readonly undecided: number;
}
/** How many rows a search found, and the last of them. */
interface Page {
  readonly count: number;
  readonly last: number;
}

/** The SQL work of an assertion. */
export interface Work {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Events that left the store. */
  readonly rows: number;
  /** Those of them that SQL left to the interpreter. */
  readonly undecided: number;
  readonly duration_ms: number;
}

/** An event that meets a query, or may do so. */
export interface Found {
  readonly event: EventValue;
  /** SQL alone knows that it matches. */
  readonly certain: boolean;
}

const noWork: Work = { sql: '', params: {}, rows: 0, undecided: 0, duration_ms: 0 };

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

  /** The events behind `after` and up to `upTo` that match or may match, in their order. `wanted`: whether the first match is enough. */
  *rows(query: SelectionQuery, after: number, upTo: number, wanted: 'first' | 'all'): Generator<Found> {
    const limit = query.kind === 'exact' && wanted === 'first' ? 1 : page;
    for (let from = after; from < upTo;) {
      const range = { run: this.#run, test: this.#test, after: from, up_to: upTo };
      const found = upTo - from <= smallRange ? yield* this.#whole(query, range, limit) : yield* this.#searched(query, range, limit);
      if (found.count < limit) return;
      from = found.last;
    }
  }

  /** Few events: they come with the search. */
  *#whole(query: SelectionQuery, range: Range, limit: number): Generator<Found, Page> {
    const rows = this.#ask<EventRow & Undecided>(query.statements.whole(range, limit, eventColumns), true);
    this.#count(rows);
    for (const row of rows) yield { event: this.event(row), certain: row.undecided === 0 };
    return { count: rows.length, last: rows.at(-1)?.seq ?? 0 };
  }

  /** Many events: first which, then as many of them as are wanted. */
  *#searched(query: SelectionQuery, range: Range, limit: number): Generator<Found, Page> {
    const found = this.#ask<{ seq: number } & Undecided>(query.statements.first(range, limit), true);
    for (let i = 0; i < found.length;) {
      // Whoever looks for the first match needs nothing behind one that is certain.
      const certain = found.findIndex((f, k) => k >= i && f.undecided === 0);
      const end = Math.min(certain < 0 ? found.length : certain + 1, i + batch);
      const part = found.slice(i, end);
      const rows = this.#ask<EventRow>(
        query.statements.rows(
          range,
          part.map((f) => f.seq),
          eventColumns,
        ),
        false,
      );
      this.#count(part);
      for (const [k, row] of rows.entries()) yield { event: this.event(row), certain: part[k]!.undecided === 0 };
      i = end;
    }
    return { count: found.length, last: found.at(-1)?.seq ?? 0 };
  }

  #count(fetched: readonly Undecided[]): void {
    const undecided = fetched.filter((f) => f.undecided === 1).length;
    this.#work = { ...this.#work, rows: this.#work.rows + fetched.length, undecided: this.#work.undecided + undecided };
  }

  #ask<R>(request: QueryRequest, main: boolean): readonly R[] {
    const began = performance.now();
    const rows = this.#host.query(request) as readonly R[];
    const duration_ms = this.#work.duration_ms + performance.now() - began;
    this.#work = main ? { ...this.#work, ...request, duration_ms } : { ...this.#work, duration_ms };
    return rows;
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
    const sql =
      'SELECT clock_service, clock_value FROM events WHERE run = {run:String} AND test = {test:String} AND service = {service:String} AND seq <= {seq:UInt64} AND notEmpty(clock_service) ORDER BY seq DESC LIMIT 1';
    const params = { run: this.#run, test: this.#test, service: row.service, seq: row.seq };
    const [last] = this.#host.query({ sql, params }) as ReadonlyArray<Pick<EventRow, 'clock_service' | 'clock_value'>>;
    const others = last ? Object.fromEntries(last.clock_service.map((s, i) => [s, last.clock_value[i]!])) : {};
    return { ...others, [row.service]: row.lane };
  }
}
