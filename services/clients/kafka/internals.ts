import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { patchKafkajs } from '../kafkajs-patch.ts';

/**
 * What we use of kafkajs below its public face: it has no public way to read a topic without a consumer group, nor one that tells where a
 * topic ends. Its version is pinned for that reason.
 */
const require = createRequire(import.meta.url);

/** A compression, as kafkajs has it. */
export interface Codec {
  decompress(buffer: Buffer): Promise<Buffer>;
}

/** A request with its parser, as kafkajs sends it. */
export interface ProtocolRequest {
  readonly request: unknown;
  readonly response: { decode(raw: Buffer): Promise<unknown>; parse(decoded: unknown): Promise<unknown> };
  readonly requestTimeout?: number;
}

export interface ConnectionPool {
  send(request: ProtocolRequest): Promise<unknown>;
}

/** An answer to Metadata, as far as it is looked at. */
export interface Metadata {
  readonly brokers: ReadonlyArray<{ readonly nodeId: number; readonly port: number }>;
  readonly topicMetadata: ReadonlyArray<{
    readonly partitionMetadata: ReadonlyArray<{ readonly partitionId: number; readonly leader: number }>;
  }>;
}

/** A message as it is sent. */
export interface ProducedMessage {
  readonly key: string | null;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: string;
}

export interface RawBroker {
  /** By number of the request; null before it is connected. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  metadata(topics: readonly string[]): Promise<Metadata>;
  listOffsets(request: {
    isolationLevel: number;
    topics: ReadonlyArray<{ topic: string; partitions: ReadonlyArray<{ partition: number; timestamp: number }> }>;
  }): Promise<{
    readonly responses: ReadonlyArray<{ readonly partitions: ReadonlyArray<{ readonly partition: number; readonly offset: string }> }>;
  }>;
  produce(request: {
    acks: number;
    timeout: number;
    topicData: ReadonlyArray<{ topic: string; partitions: ReadonlyArray<{ partition: number; messages: readonly ProducedMessage[] }> }>;
  }): Promise<{
    readonly topics: ReadonlyArray<{ readonly partitions: ReadonlyArray<{ readonly baseOffset: string }> }>;
  }>;
}

interface PoolOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly reauthenticationThreshold: number;
  readonly logger: unknown;
  readonly socketFactory: (to: { readonly port: number; readonly onConnect: () => void }) => Socket;
  /** Null: nobody logs in. The client puts things of its own into it. */
  readonly sasl: { mechanism: string; username: string; password: string } | null;
}

/** Reads the protocol's types from a buffer. */
export interface Decoder {
  readInt8(): number;
  readInt16(): number;
  readInt32(): number;
  readInt64(): { toString(): string };
  readString(): string;
  readBytes(): Buffer | null;
  readArray<T>(read: (decoder: Decoder) => T): T[];
}

/** What a batch with these attributes is compressed with; null when it is not. Throws for a compression that nobody knows. */
export const { lookupCodecByAttributes: codecOf } = require('kafkajs/src/protocol/message/compression') as {
  lookupCodecByAttributes(attributes: number): Codec | null;
};
export const Decoder = require('kafkajs/src/protocol/decoder') as new (buffer: Buffer) => Decoder;
export const fetchRequest = require('kafkajs/src/protocol/requests/fetch/v11/request') as (options: object) => unknown;
/** The first request of a login by SASL. */
export const saslHandshake = (
  require('kafkajs/src/protocol/requests/saslHandshake') as {
    protocol(of: { version: number }): (login: { readonly mechanism: string }) => ProtocolRequest;
  }
).protocol({ version: 1 });
/** The name of a broker's error code. */
export const errorName = (code: number): string =>
  (require('kafkajs/src/protocol/error') as { createErrorFromCode(code: number): { type: string } }).createErrorFromCode(code).type;

const RawBrokerClass = require('kafkajs/src/broker') as new (options: object) => RawBroker;
const ConnectionPoolClass = require('kafkajs/src/network/connectionPool') as new (options: PoolOptions) => ConnectionPool;
const { createLogger } = require('kafkajs/src/loggers') as { createLogger(options: object): unknown };
const silent = createLogger({ level: 0, logCreator: () => () => {} });

/** A broker that is not connected yet, and the connections to it. */
export function rawBroker(
  options: Omit<PoolOptions, 'logger' | 'host' | 'clientId'>,
  makesTopics: boolean,
): { readonly broker: RawBroker; readonly pool: ConnectionPool } {
  const pool = new ConnectionPoolClass({ ...options, host: '127.0.0.1', clientId: 'faultbox', logger: silent });
  return { broker: new RawBrokerClass({ connectionPool: pool, logger: silent, allowAutoTopicCreation: makesTopics }), pool };
}

patchKafkajs();
