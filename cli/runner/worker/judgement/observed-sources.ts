import { subjectCovers } from '../../../../services/clients/nats-subject.ts';
import type { Dependence } from '../../../query/index.ts';
import type { ServicePlan, SourcePlan } from '../../../spec/plan.ts';
import { sourceName } from '../../../spec/source-name.ts';

/** What a spec observes of its services' topics and tables, by the names of the sources. */
export type ObservedSources = ReadonlyMap<string, SourcePlan>;

export function observedSources(services: readonly ServicePlan[]): ObservedSources {
  return new Map(services.flatMap(({ name, sources }) => sources.map((plan) => [sourceName(name, plan), plan] as const)));
}

/** Whether a source is about one of the topics or tables that a selection can match. */
export function isAbout(plan: SourcePlan | undefined, { topics, tables }: Pick<Dependence, 'topics' | 'tables'>): boolean {
  switch (plan?.kind) {
    case 'topic':
      return topics === null || topics.some((topic) => subjectCovers(plan.topic, topic));
    case 'wal':
      return tables === null || plan.tables.length === 0 || plan.tables.some((named) => tables.includes(nameOf(named)));
    default:
      return true;
  }
}

/** A table's name without its schema, as events have it. */
function nameOf(table: string): string {
  return table.slice(table.indexOf('.') + 1);
}
