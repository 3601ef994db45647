import { clauses, type Clause } from '../../../query/index.ts';
import { repr, StarlarkFunction, type Thread } from '../../../starlark/index.ts';
import type { EventValue } from '../../../spec/values/event-value.ts';
import type { NearMiss } from '../../result.ts';
import { filterMatches, seenBy, type SelectionQuery } from './selection-query.ts';
import { shown } from './shown.ts';

const most = 3;

function saw(clause: Clause, thread: Thread, event: EventValue): string {
  const value = clause.saw(thread, event);
  return value === undefined ? 'an error' : repr(value);
}

/** The events that met most clauses of a predicate, best first, with what each clause made of them. Events that met none are left out. */
export function nearMisses(query: SelectionQuery, candidates: readonly EventValue[], thread: Thread): NearMiss[] {
  const { where, filters } = query.selection;
  const parts = where instanceof StarlarkFunction ? clauses(where) : [];
  const judged = candidates.map((event) => ({
    event,
    clauses: [
      ...[...filters].map(([name, wanted]) => ({
        text: `${name}=${String(wanted)}`,
        met: filterMatches(event, name, wanted),
        saw: repr(seenBy(event, name) ?? null),
      })),
      ...parts.map((clause) => ({ text: clause.source, met: clause.test(thread, event).kind === 'true', saw: saw(clause, thread, event) })),
    ],
  }));
  const score = (j: (typeof judged)[number]) => j.clauses.filter((c) => c.met).length;
  return judged
    .filter((j) => score(j) > 0)
    .sort((a, b) => score(b) - score(a) || b.event.row.seq - a.event.row.seq)
    .slice(0, most)
    .map((j) => ({ event: shown(j.event.row), clauses: j.clauses }));
}
