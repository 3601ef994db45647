import type { Sql } from './parameters.ts';
import type { Translation } from './translate.ts';

/** Events of one test behind `after`, up to and including `up_to` (both a `seq`). */
export interface Range {
  readonly run: string;
  readonly test: string;
  readonly after: number;
  readonly up_to: number;
}

/** What is sent to the store: SQL and the values of its parameters. */
export interface Statement {
  readonly sql: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/**
 * What to ask the store for the events that meet all of some translated conditions. A row is *certain* when SQL alone knows that it
 * matches, and *undecided* when the interpreter must look at it; all others do not match. Exact translations leave nothing undecided.
 */
export interface Statements {
  /** The first rows that are certain or undecided: `seq` and `undecided` (0 or 1), in order. None: nothing matches and nothing raises. */
  first(range: Range, limit: number): Statement;
  /** The same rows with `undecided` and these columns at once: one round trip, for ranges where the search costs little. */
  whole(range: Range, limit: number, columns: readonly string[]): Statement;
  /** The columns of rows that `first` has found, in order. Apart, because wide columns cost more than the search. */
  rows(range: Range, seqs: readonly number[], columns: readonly string[]): Statement;
  /** One row: how many are `certain` and how many `undecided`. */
  count(range: Range): Statement;
}

/** The statements for the conjunction of conditions; translations that are combined need parameter names of their own. */
export function statements(...conditions: readonly Translation[]): Statements {
  const where = conditions.flatMap((c) => (c.kind === 'none' ? [] : [c.where]));
  const undecided = conditions.flatMap(undecidedOf);
  const params = Object.fromEntries([...where, ...undecided].flatMap((s) => Object.entries(s.params)).map(([name, p]) => [name, p.value]));
  const within = 'run = {run:String} AND test = {test:String} AND seq > {after:UInt64} AND seq <= {up_to:UInt64}';
  const from = `FROM events WHERE ${[within, ...where.map(inBrackets)].join(' AND ')}`;
  const open = undecided.length === 0 ? '0' : undecided.map(inBrackets).join(' OR ');
  const ask = (sql: string, range: Range): Statement => ({ sql, params: { ...params, ...range } });
  return {
    first: (range, limit) => ask(`SELECT seq, toUInt8(${open}) AS undecided ${from} ORDER BY seq LIMIT ${limit}`, range),
    whole: (range, limit, columns) =>
      ask(`SELECT toUInt8(${open}) AS undecided, ${columns.join(', ')} ${from} ORDER BY seq LIMIT ${limit}`, range),
    count: (range) => ask(`SELECT countIf(NOT (${open})) AS certain, countIf(${open}) AS undecided ${from}`, range),
    rows: ({ run, test }, seqs, columns) => ({
      sql:
        `SELECT ${columns.join(', ')} FROM events ` +
        'WHERE run = {run:String} AND test = {test:String} AND seq IN {seqs:Array(UInt64)} ORDER BY seq',
      params: { run, test, seqs },
    }),
  };
}

function inBrackets(s: Sql): string {
  return `(${s.text})`;
}

/** On which of the rows that meet the condition's SQL the interpreter must decide. */
function undecidedOf(condition: Translation): Sql[] {
  switch (condition.kind) {
    case 'exact':
      return [];
    case 'prefilter':
      return [condition.unless];
    case 'none':
      return [EVERYWHERE];
  }
}

const EVERYWHERE: Sql = { text: '1', params: {} };
