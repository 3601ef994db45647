import { eventColumns, type EventRow } from '../../../events/row.ts';
import { dependsOn, translate } from '../../../query/index.ts';
import { call, equals, type StarlarkDict, StarlarkFunction, truth, type Thread, type Value } from '../../../starlark/index.ts';
import { globRegExp, isGlob } from '../../../spec/glob.ts';
import type { Selection } from '../../../spec/trial.ts';
import { eventAttributes } from '../../../spec/values/event-attributes.ts';
import type { EventValue } from '../../../spec/values/event-value.ts';
import type { QueryRequest } from '../../host.ts';

/** Columns that a filter on an attribute compares in SQL, when its value is a plain string. */
const stringColumns: readonly string[] = ['type', 'service', 'syscall', 'path', 'peer', 'errno', 'decision', 'label'];

/** A selection of events, ready to be asked of the store and decided on its rows. */
export class SelectionQuery {
  /** `exact`: the engine alone decides. `prefilter`: it leaves a superset. `none`: every event is fetched. */
  readonly kind: 'exact' | 'prefilter' | 'none';
  readonly why: string;
  /** What could match at all; null where anything could. */
  readonly types: readonly string[] | null;
  readonly services: readonly string[] | null;
  readonly selection: Selection;
  readonly #where: string;
  readonly #params: Readonly<Record<string, unknown>>;

  constructor(selection: Selection) {
    this.selection = selection;
    const { where, filters } = selection;
    const translated = where instanceof StarlarkFunction ? translate(where) : null;
    const inSql = [...filters].filter(([name, value]) => stringColumns.includes(name) && typeof value === 'string' && !isGlob(value));
    const conjuncts = inSql.map(([name], i) => `ifNull(${name} = {filter_${i}:String}, 0)`);
    const params: Record<string, unknown> = Object.fromEntries(inSql.map(([, value], i) => [`filter_${i}`, value]));
    if (translated && translated.kind !== 'none') {
      conjuncts.push(`(${translated.where.text})`);
      for (const [name, { value }] of Object.entries(translated.where.params)) params[name] = value;
    }
    this.kind = where === null ? (inSql.length === filters.size ? 'exact' : 'prefilter') : translated === null ? 'none' : translated.kind === 'exact' && inSql.length < filters.size ? 'prefilter' : translated.kind;
    this.why = translated && translated.kind !== 'exact' ? translated.why : '';
    this.#where = conjuncts.length > 0 ? conjuncts.join(' AND ') : '1';
    this.#params = params;
    const could = where instanceof StarlarkFunction ? dependsOn(where) : { types: null, services: null };
    this.types = narrowed(could.types, filters.get('type'));
    this.services = narrowed(could.services, filters.get('service'));
  }

  /** The statement for the next matching rows: behind `after`, up to `upTo`. */
  request(run: string, test: string, after: number, upTo: number, limit: number): QueryRequest {
    const sql = `SELECT ${eventColumns.join(', ')} FROM events WHERE run = {run:String} AND test = {test:String} AND seq > {after:UInt64} AND seq <= {upTo:UInt64} AND ${this.#where} ORDER BY seq LIMIT ${limit}`;
    return { sql, params: { ...this.#params, run, test, after, upTo } };
  }

  /** True when an event that the store returned matches; the interpreter has the last word. Errors of the predicate pass through. */
  decide(event: EventValue, thread: Thread): boolean {
    for (const [name, wanted] of this.selection.filters) if (!filterMatches(event, name, wanted)) return false;
    return this.selection.where === null || truth(call(thread, this.selection.where, [event]));
  }

  /** Rows that come near: of the types and services asked for, the newest first. */
  nearRequest(run: string, test: string, upTo: number, limit: number): QueryRequest {
    const parts = ['run = {run:String}', 'test = {test:String}', 'seq <= {upTo:UInt64}'];
    if (this.types) parts.push('type IN {types:Array(String)}');
    if (this.services) parts.push('service IN {services:Array(String)}');
    return { sql: `SELECT ${eventColumns.join(', ')} FROM events WHERE ${parts.join(' AND ')} ORDER BY seq DESC LIMIT ${limit}`, params: { run, test, upTo, types: this.types, services: this.services } };
  }
}

function narrowed(known: readonly string[] | null, filter: Value | undefined): readonly string[] | null {
  if (typeof filter !== 'string' || isGlob(filter)) return known;
  return known === null ? [filter] : known.filter((k) => k === filter);
}

/** A filter names an attribute or a key of `data`; strings may be globs. */
export function filterMatches(event: EventValue, name: string, wanted: Value): boolean {
  const seen = seenBy(event, name);
  if (seen === undefined) return false;
  if (typeof wanted === 'string' && isGlob(wanted)) return typeof seen === 'string' && globRegExp(wanted).test(seen);
  return equals(seen, wanted);
}

/** The value of an attribute, or else of a key of `data`. */
export function seenBy(event: EventValue, name: string): Value | undefined {
  return eventAttributes.includes(name) ? event.getAttr(name) : (event.getAttr('data') as StarlarkDict).get(name);
}

/** Rows as events. */
export function asRows(rows: readonly object[]): readonly EventRow[] {
  return rows as readonly EventRow[];
}
