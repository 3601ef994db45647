import type { SourcePlan } from './plan.ts';

/** A source's name on the bus and in reports: kind/service, and what is observed there where a service can have several of a kind. */
export function sourceName(service: string, source: SourcePlan): string {
  switch (source.kind) {
    case 'wal':
      return `wal/${service}`;
    case 'topic':
      return `topic/${service}/${source.topic}`;
    case 'poll':
      return `poll/${service}/${source.command}`;
  }
}
