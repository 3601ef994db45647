/** collector-topic: turns messages of Kafka topics and NATS subjects into events. */
import { openBusWriter } from '../bus/open.ts';
import { collectorArgs } from '../collector/args.ts';
import { ChannelFailure, type Request } from '../collector/channel.ts';
import { monotonicNs } from '../collector/clock.ts';
import { Publisher } from '../collector/publisher.ts';
import { serveCollector } from '../collector/serve.ts';
import { payloadDecoder, type Doubt, type PayloadDecoder } from './decode/payload.ts';
import { feedFor, type TopicPlan } from './plan.ts';
import { Topic } from './topic.ts';

interface Attach extends Request {
  readonly test: string;
  readonly source: string;
  readonly service: string;
  readonly plan: TopicPlan;
  /** The port on the host that stands for each port of the spec. */
  readonly leases: Readonly<Record<string, number>>;
}
interface Barrier extends Request {
  readonly test: string;
  readonly barrier: number;
  readonly deadline_ns: string;
  readonly reason: string;
  /** Services that have ended, and how. */
  readonly over: Readonly<Record<string, string>>;
}

/** An answer needs some time to reach the runner. */
const margin_ms = 50;

const { run, bus } = collectorArgs();
const publisher = new Publisher('topic', openBusWriter(bus, run, 'topic'));
const topics = new Map<string, Topic[]>();

async function attach({ test, source, service, plan, leases }: Attach): Promise<void> {
  const topic = new Topic(
    { run, test, source, service },
    (sink) => feedFor(plan, leases, sink),
    (doubt) => decoderOf(plan, leases, doubt),
    publisher,
  );
  try {
    await topic.attach();
  } catch (error) {
    topic.detach();
    throw new ChannelFailure(
      'E_TOPIC',
      `topic(${JSON.stringify(plan.topic)}) on "${service}" cannot be observed: ${(error as Error).message}.`,
    );
  }
  topics.set(test, [...(topics.get(test) ?? []), topic]);
  await publisher.durable();
}

function decoderOf(plan: TopicPlan, leases: Attach['leases'], doubt: Doubt): PayloadDecoder {
  try {
    return payloadDecoder(plan.decoder, leases, doubt);
  } catch (error) {
    throw new ChannelFailure(
      'E_DECODER',
      `The decoder of topic(${JSON.stringify(plan.topic)}) cannot be made: ${(error as Error).message}.`,
    );
  }
}

async function barrier({ test, barrier: number, reason, deadline_ns, over }: Barrier): Promise<void> {
  const left_ms = Number(BigInt(deadline_ns) - monotonicNs()) / 1e6;
  const deadline_ms = performance.now() + left_ms - margin_ms;
  const answer = (topic: Topic) => {
    const how = over[topic.name.service];
    return how === undefined ? topic.barrier(number, reason, deadline_ms) : topic.brokerOver(number, `the service ${how}`);
  };
  await Promise.all((topics.get(test) ?? []).map(answer));
  await publisher.durable();
}

async function detach(test: string): Promise<void> {
  for (const topic of topics.get(test) ?? []) topic.detach();
  topics.delete(test);
  await publisher.sync();
}

serveCollector('topic', { attach, barrier, detach }, async () => {
  for (const test of [...topics.keys()]) await detach(test);
  await publisher.close();
  process.exit(0);
});
