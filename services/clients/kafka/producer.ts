import { setTimeout as pause } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { KafkaBroker } from './broker.ts';
import type { KafkaAddress } from './connection.ts';
import type { Metadata } from './internals.ts';

/** A message and where it goes. */
export interface Publication {
  readonly topic: string;
  readonly value: string;
  readonly key: string | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: by the key, else any. */
  readonly partition: number | null;
}

/** A connection to the broker that leads a message's partition. */
export interface KafkaProducer {
  readonly local: string;
  readonly remote: string;
  /** Sends the message until a leader takes it, and then never again: an answer that is lost makes no second message. */
  publish(timeout_ms: number): Promise<{ readonly partition: number; readonly offset: number }>;
  close(): Promise<void>;
}

const retry_ms = 20;
const leaderless: ReadonlySet<string | undefined> = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);
/** How long a topic that is not there may take to be made, and how much of the time for an answer: what is wrong is said before that is up. */
const made_ms = 10_000;
const patience = 0.9;

/** Finds the leader of the message's partition and connects to it. Rejects with a sentence. */
export async function connectProducer(address: KafkaAddress, publication: Publication, timeout_ms: number): Promise<KafkaProducer> {
  const seed = await KafkaBroker.connect(address, timeout_ms, 'step', true);
  let broker = seed;
  try {
    const metadata = await untilThere(seed, publication.topic, performance.now() + Math.min(timeout_ms * patience, made_ms));
    const { partition, leader } = choose(metadata, publication);
    const port = metadata.brokers.find((b) => b.nodeId === leader)?.port ?? address.port;
    if (port !== address.port) broker = await KafkaBroker.connect({ ...address, port }, timeout_ms, 'step');
    const { topic, key, value, headers } = publication;
    return {
      local: broker.local,
      remote: broker.remote,
      publish: async (limit_ms) => {
        const deadline_ms = performance.now() + Math.min(limit_ms, made_ms);
        const message = { key, value, headers, timestamp: String(Date.now()) };
        return { partition, offset: await untilLed(() => broker.produce(topic, partition, message, limit_ms), deadline_ms) };
      },
      close: async () => void (await Promise.all([broker.close(), seed.close()])),
    };
  } catch (error) {
    await Promise.all([broker.close(), seed.close()]);
    throw error;
  }
}

/** A topic that the broker makes at first use is there, with its leaders, some time after it was first asked for. */
function untilThere(broker: KafkaBroker, topic: string, deadline_ms: number): Promise<Metadata> {
  return untilLed(async () => {
    const metadata = await broker.metadata(topic);
    if (metadata === null)
      throw Object.assign(new Error(`the topic ${topic} does not exist, and the broker makes none`), {
        type: 'UNKNOWN_TOPIC_OR_PARTITION',
      });
    return metadata;
  }, deadline_ms);
}

/** Asks again while a topic or the leader of a partition that were just made are not known yet: then nothing was taken. */
async function untilLed<T>(ask: () => Promise<T>, deadline_ms: number): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!leaderless.has((error as { type?: string }).type) || performance.now() > deadline_ms) throw error;
    }
    await pause(retry_ms);
  }
}

function choose(
  metadata: Metadata,
  { topic, key, headers, partition, value }: Publication,
): { readonly partition: number; readonly leader: number } {
  const partitions = metadata.topicMetadata[0]!.partitionMetadata;
  const partitionMetadata = partitions.map((p) => ({ ...p, isr: [], replicas: [], partitionErrorCode: 0 }));
  const chosen = partition ?? kafkajs.Partitioners.DefaultPartitioner()({ topic, partitionMetadata, message: { key, value, headers } });
  const found = partitions.find((p) => p.partitionId === chosen);
  if (!found) throw new Error(`the topic ${topic} has no partition ${chosen}: it has ${partitions.length}`);
  return { partition: chosen, leader: found.leader };
}
