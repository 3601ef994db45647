import { CollectorProcess, type Answer } from '../../collector/testing/collector-process.ts';
import type { TopicRecord } from '../../../schemas/generated/records.ts';

/** A topic collector with a bus of its own. */
export class TestCollector extends CollectorProcess<'topic'> {
  constructor(run = 'r1') {
    super('topic', run);
  }

  attach(port: number, topic: string, own: object = {}, test = 't'): Promise<Answer> {
    const plan = {
      kind: 'topic',
      protocol: 'kafka',
      port,
      login: null,
      topic,
      decoder: { kind: 'default' },
      read_uncommitted: false,
      ...own,
    };
    return this.ask({ do: 'attach', test, source: `topic/broker/${topic}`, service: 'broker', plan, leases: {} });
  }

  events(): TopicRecord[] {
    return this.records().filter((r) => r.type === 'topic');
  }

  gaps(): TopicRecord[] {
    return this.records().filter((r) => r.type === 'gap');
  }

  /** The data of all events, in their order. */
  data(): Array<Record<string, unknown>> {
    return this.events().map((r) => JSON.parse(r.data!) as Record<string, unknown>);
  }
}
