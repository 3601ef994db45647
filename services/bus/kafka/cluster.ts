import { createRequire } from 'node:module';
import type { KafkaConfig } from 'kafkajs';
import type { KafkaAddress } from './address.ts';
import { clientConfig, hopeless, openKafka, topic } from './client.ts';

/** A message as a fetch brings it. */
export interface RawMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly isControlRecord?: boolean;
}
/** What a fetch says of one partition. */
export interface RawPartition {
  readonly partition: number;
  readonly highWatermark: string;
  readonly messages: readonly RawMessage[];
}
interface RawOffset {
  readonly partition: number;
  readonly offset: string;
}
interface Answer<P> {
  readonly responses: ReadonlyArray<{ readonly partitions: readonly P[] }>;
}

/** The requests of a broker that kafkajs's public clients do not offer as we need them. */
export interface RawBroker {
  fetch(request: object): Promise<Answer<RawPartition>>;
  listOffsets(request: object): Promise<Answer<RawOffset>>;
  offsetFetch(request: object): Promise<Answer<RawOffset>>;
  offsetCommit(request: object): Promise<unknown>;
  leaveGroup(request: object): Promise<unknown>;
}

/** kafkajs's inner cluster (version 2.2.4). */
export interface RawCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  refreshMetadata(): Promise<void>;
  findTopicPartitionMetadata(topic: string): ReadonlyArray<{ readonly partitionId: number; readonly leader: number }>;
  findBroker(which: { readonly nodeId: number }): Promise<RawBroker>;
  findGroupCoordinator(which: { readonly groupId: string }): Promise<RawBroker>;
}

/** Connects to the brokers, with the topic's metadata at hand. `retries`: how often a request is tried again. What no retry cures is a `BusError`. */
export async function openCluster(address: KafkaAddress, retries: number): Promise<RawCluster> {
  await openKafka(address);
  const require = createRequire(import.meta.url);
  const Cluster = require('kafkajs/src/cluster') as new (config: object) => RawCluster;
  const { createLogger } = require('kafkajs/src/loggers') as { createLogger(options: object): object };
  const config: KafkaConfig = { ...clientConfig(address), retry: { retries, initialRetryTime: 50 } };
  const cluster = new Cluster({
    ...config,
    logger: createLogger({ level: config.logLevel, logCreator: config.logCreator }),
    enforceRequestTimeout: true,
    metadataMaxAge: 300_000,
    allowAutoTopicCreation: false,
  });
  try {
    await cluster.connect();
    await cluster.addTargetTopic(topic);
  } catch (error) {
    throw hopeless(address, error) ?? error;
  }
  return cluster;
}
