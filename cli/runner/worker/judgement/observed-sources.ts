import { subjectCovers } from '../../../../services/clients/nats-subject.ts';
import type { Dependence } from '../../../query/index.ts';
import type { ServicePlan, SourcePlan, TopicPlan, WalPlan } from '../../../spec/plan.ts';
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
      return topics === null || topics.some((topic) => brings(plan, topic));
    case 'wal':
      return tables === null || tables.some((table) => tells(plan, table));
    default:
      return true;
  }
}

/** Topics and tables that a selection asks for, of which none of these sources is. */
export function unobserved({ topics, tables }: Pick<Dependence, 'topics' | 'tables'>, plans: readonly SourcePlan[]): string[] {
  const missing = (topics ?? []).filter((topic) => !plans.some((plan) => plan.kind === 'topic' && brings(plan, topic)));
  const unknown = (tables ?? []).filter((table) => !plans.some((plan) => plan.kind === 'wal' && tells(plan, table)));
  return [...missing.map((topic) => `the topic ${topic}`), ...unknown.map((table) => `the table ${table}`)];
}

function brings(plan: TopicPlan, topic: string): boolean {
  return subjectCovers(plan.topic, topic);
}

function tells({ tables }: WalPlan, table: string): boolean {
  return tables.length === 0 || tables.some((named) => nameOf(named) === table);
}

/** A table's name without its schema, as events have it. */
function nameOf(table: string): string {
  return table.slice(table.indexOf('.') + 1);
}
