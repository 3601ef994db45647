import type { PayloadSpec } from './decode/payload.ts';
import { KafkaFeed } from './kafka/feed.ts';
import type { Feed, Sink } from './message.ts';
import { NatsFeed } from './nats/feed.ts';

/** What the runner wants observed; the port is the spec's. */
export interface TopicPlan {
  readonly protocol: 'kafka' | 'nats';
  readonly port: number;
  readonly topic: string;
  readonly decoder: PayloadSpec;
  readonly read_uncommitted: boolean;
}

/** What reads a plan's messages. */
export function feedFor(
  { protocol, port, topic, read_uncommitted }: TopicPlan,
  leases: Readonly<Record<string, number>>,
  sink: Sink,
): Feed {
  if (protocol === 'nats') return new NatsFeed(leases[port] ?? port, topic, sink);
  return new KafkaFeed({ port, leases }, topic, read_uncommitted ? 'uncommitted' : 'committed', sink);
}
