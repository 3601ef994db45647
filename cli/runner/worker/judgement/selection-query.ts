import { eventColumns, type EventRow } from '../../../events/row.ts';
import {
  dependsOn,
  statements,
  type Dependence,
  translate,
  translateFilters,
  type Statements,
  type Translation,
} from '../../../query/index.ts';
import { call, equals, type StarlarkDict, StarlarkFunction, truth, type Thread, type Value } from '../../../starlark/index.ts';
import { globRegExp, isGlob } from '../../../spec/glob.ts';
import type { Selection } from '../../../spec/trial.ts';
import { eventAttributes } from '../../../spec/values/event-attributes.ts';
import type { EventValue } from '../../../spec/values/event-value.ts';
import type { QueryRequest } from '../../host.ts';

/** A selection of events, ready to be asked of the store and decided on its rows. */
export class SelectionQuery {
  /** `exact`: the engine alone decides. `prefilter`: it leaves some rows to the interpreter. `none`: it leaves all of them. */
  readonly kind: Translation['kind'];
  readonly why: string;
  /** What could match at all. */
  readonly could: Dependence;
  readonly selection: Selection;
  readonly statements: Statements;

  constructor(selection: Selection) {
    this.selection = selection;
    const { where, filters } = selection;
    const parts: Translation[] = [
      ...(where === null
        ? []
        : [where instanceof StarlarkFunction ? translate(where) : ({ kind: 'none', why: 'it is a builtin' } as const)]),
      ...(filters.size === 0 ? [] : [translateFilters(filters)]),
    ];
    const open = parts.filter((part) => part.kind !== 'exact');
    this.statements = statements(...parts);
    this.kind = open.length === 0 ? 'exact' : open.every((part) => part.kind === 'none') ? 'none' : 'prefilter';
    this.why = open.map((part) => part.why).join('; ');
    this.could = dependsOn(where instanceof StarlarkFunction ? where : null, filters);
  }

  /** Whether an event that SQL left undecided matches. Errors of the predicate pass through. */
  decide(event: EventValue, thread: Thread): boolean {
    for (const [name, wanted] of this.selection.filters) if (!filterMatches(event, name, wanted)) return false;
    return this.selection.where === null || truth(call(thread, this.selection.where, [event]));
  }

  /** Rows that come near: of the types and services asked for, the newest first. */
  nearRequest(run: string, test: string, upTo: number, limit: number): QueryRequest {
    const parts = ['run = {run:String}', 'test = {test:String}', 'seq <= {upTo:UInt64}'];
    const { types, services } = this.could;
    if (types) parts.push('type IN {types:Array(String)}');
    if (services) parts.push('service IN {services:Array(String)}');
    return {
      sql: `SELECT ${eventColumns.join(', ')} FROM events WHERE ${parts.join(' AND ')} ORDER BY seq DESC LIMIT ${limit}`,
      params: { run, test, upTo, types, services },
    };
  }
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
