import type { KafkaLogin } from '../clients/kafka/login.ts';
import type { NatsLogin } from '../clients/nats-login.ts';
import type { PayloadSpec } from './decode/payload.ts';
import { KafkaFeed } from './kafka/feed.ts';
import type { Feed, Sink } from './message.ts';
import { NatsFeed } from './nats/feed.ts';

/** What the runner wants observed; the port is the spec's. */
export type TopicPlan = BrokerPlan & {
  readonly port: number;
  readonly topic: string;
  readonly decoder: PayloadSpec;
  readonly read_uncommitted: boolean;
};

type BrokerPlan =
  { readonly protocol: 'kafka'; readonly login: KafkaLogin | null } | { readonly protocol: 'nats'; readonly login: NatsLogin | null };

/** What reads a plan's messages. */
export function feedFor(plan: TopicPlan, leases: Readonly<Record<string, number>>, sink: Sink): Feed {
  const { port, topic, read_uncommitted } = plan;
  if (plan.protocol === 'nats') return new NatsFeed({ port: leases[port] ?? port, login: plan.login }, topic, sink);
  return new KafkaFeed({ port, leases, login: plan.login }, topic, read_uncommitted ? 'uncommitted' : 'committed', sink);
}
