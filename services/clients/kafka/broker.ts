import type { Role } from '../role.ts';
import { readBatches, type Aborted, type Batch } from './batches.ts';
import { registerCodecs } from './codecs.ts';
import { asksForLogin, openConnection, request_ms, type ConnectionOptions, type KafkaAddress, type KafkaConnection } from './connection.ts';
import { Decoder, errorName, fetchRequest, type Metadata, type ProducedMessage } from './internals.ts';
import { hungUp, missingLogin, refusesTopic, topicFailure, topicRefusal, type TopicOperation } from './login.ts';
import { readTopicId, topicIdRequest, topicIdVersion } from './topic-id.ts';

/** Which records are read: of committed transactions only, or all. */
export type Isolation = 'committed' | 'uncommitted';

/** What a fetch brought of one partition. */
export interface Fetched {
  readonly partition: number;
  /** Name of the broker's error; empty without one. */
  readonly error: string;
  /** The offset behind the last record. */
  readonly high: number;
  /** The offset of the oldest open transaction, else `high`. */
  readonly stable: number;
  readonly batches: readonly Batch[];
  readonly aborted: readonly Aborted[];
}

const metadataKey = 3;
const readCommitted = 1;
const fetch_bytes = 8 << 20;

registerCodecs();

/** What a request is about: nothing that needs a permission (null), or a topic. */
type About = readonly [topic: string, operation: TopicOperation] | null;

/** One broker on loopback. All calls reject with `Refused`, or with the broker's or the system's error. */
export class KafkaBroker {
  readonly #address: KafkaAddress;
  readonly #options: ConnectionOptions;
  readonly #connection: KafkaConnection;
  /** Whether it has answered what it does not answer to those who have yet to log in. */
  #served = false;

  private constructor(address: KafkaAddress, options: ConnectionOptions, connection: KafkaConnection) {
    this.#address = address;
    this.#options = options;
    this.#connection = connection;
  }

  /** See `openConnection`. */
  static async connect(address: KafkaAddress, timeout_ms: number, role: Role, makesTopics = false): Promise<KafkaBroker> {
    const options = { timeout_ms, role, makesTopics };
    return new KafkaBroker(address, options, await openConnection(address, options));
  }

  /** Its own end and the broker's, as `ip:port`, of the connection over which all but fetches go. */
  get local(): string {
    const [socket] = this.#connection.sockets;
    return `${socket?.localAddress}:${socket?.localPort}`;
  }

  get remote(): string {
    const [socket] = this.#connection.sockets;
    return `${socket?.remoteAddress}:${socket?.remotePort}`;
  }

  /** The cluster's brokers, and the topic's partitions with their leaders; null for a topic that does not exist. */
  async metadata(topic: string): Promise<Metadata | null> {
    try {
      return await this.#ask(({ broker }) => broker.metadata([topic]), [topic, this.#options.makesTopics ? 'Write' : 'Read']);
    } catch (error) {
      if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
      throw error;
    }
  }

  /** What tells a topic from another of its name; empty when it does not exist, or the broker has no ids. */
  async topicId(topic: string): Promise<string> {
    if ((this.#connection.broker.versions?.[metadataKey]?.maxVersion ?? 0) < topicIdVersion) return '';
    const response = { decode: async (raw: Buffer) => readTopicId(raw), parse: async (id: unknown) => id };
    const request = { request: topicIdRequest(topic), response, requestTimeout: request_ms };
    return (await this.#ask(({ pool }) => pool.send(request), null)) as string;
  }

  /** How many brokers the cluster has, by this one's word. Rejects when it is not in service yet. */
  async brokers(): Promise<number> {
    const { brokers } = await this.#ask(({ broker }) => broker.metadata([]), null);
    if (brokers.length === 0) throw new Error('the broker is not registered yet');
    return brokers.length;
  }

  /** The first or the next offset of partitions that it leads; open transactions count. */
  async offsets(topic: string, partitions: readonly number[], which: 'first' | 'next'): Promise<Map<number, number>> {
    const timestamp = which === 'next' ? -1 : -2;
    const asked = partitions.map((partition) => ({ partition, timestamp }));
    const list = ({ broker }: KafkaConnection) => broker.listOffsets({ isolationLevel: 0, topics: [{ topic, partitions: asked }] });
    const { responses } = await this.#ask(list, [topic, 'Read']);
    return new Map(responses.flatMap((r) => r.partitions).map(({ partition, offset }) => [partition, Number(offset)]));
  }

  /** What stands behind these offsets; waits up to `wait_ms` for something to come. */
  async fetch(topic: string, from: ReadonlyMap<number, number>, isolation: Isolation, wait_ms: number): Promise<readonly Fetched[]> {
    const partitions = [...from].map(([partition, offset]) => ({ partition, fetchOffset: String(offset), maxBytes: fetch_bytes }));
    const request = fetchRequest({
      replicaId: -1,
      maxWaitTime: wait_ms,
      minBytes: 1,
      maxBytes: fetch_bytes,
      isolationLevel: isolation === 'committed' ? readCommitted : 0,
      topics: [{ topic, partitions }],
    });
    const response = { decode: readFetched, parse: async (fetched: unknown) => fetched };
    const send = ({ pool }: KafkaConnection) => pool.send({ request, response, requestTimeout: request_ms });
    const fetched = (await this.#ask(send, [topic, 'Read'])) as readonly Fetched[];
    if (fetched.some(({ error }) => refusesTopic(error))) throw topicRefusal(this.#address.login, topic, 'Read');
    return fetched;
  }

  /** Appends one message to a partition that it leads, acknowledged by all replicas. Its offset. */
  async produce(topic: string, partition: number, message: ProducedMessage, timeout_ms: number): Promise<number> {
    const topicData = [{ topic, partitions: [{ partition, messages: [message] }] }];
    const request = { acks: -1, timeout: Math.ceil(timeout_ms), topicData };
    const { topics } = await this.#ask(({ broker }) => broker.produce(request), [topic, 'Write']);
    return Number(topics[0]!.partitions[0]!.baseOffset);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  async #ask<T>(request: (connection: KafkaConnection) => Promise<T>, about: About): Promise<T> {
    try {
      const answer = await request(this.#connection);
      this.#served = true;
      return answer;
    } catch (error) {
      throw (await this.#missesLogin(error)) ? missingLogin() : about === null ? error : topicFailure(error, this.#address.login, ...about);
    }
  }

  /** A broker that asks for a login hangs up at the first request without one, and does not say why. */
  async #missesLogin(error: unknown): Promise<boolean> {
    const suspect = this.#address.login === null && !this.#served && hungUp(error);
    return suspect && (await asksForLogin(this.#address, this.#options).catch(() => false));
  }
}

/** The answer to Fetch version 11 (https://kafka.apache.org/protocol#The_Messages_Fetch). */
async function readFetched(raw: Buffer): Promise<Fetched[]> {
  const decoder = new Decoder(raw);
  decoder.readInt32();
  const code = decoder.readInt16();
  if (code !== 0) throw new Error(errorName(code));
  decoder.readInt32();
  const partitions = decoder
    .readArray((d) => ({ topic: d.readString(), partitions: d.readArray(readPartition) }))
    .flatMap((t) => t.partitions);
  return Promise.all(partitions.map(async ({ set, ...rest }) => ({ ...rest, batches: await readBatches(set) })));
}

function readPartition(d: Decoder): Omit<Fetched, 'batches'> & { readonly set: Buffer } {
  const number = () => Number(d.readInt64().toString());
  const partition = d.readInt32();
  const code = d.readInt16();
  const high = number();
  const stable = number();
  number();
  const aborted = d.readArray((a) => ({ producer: BigInt(a.readInt64().toString()), first: Number(a.readInt64().toString()) }));
  d.readInt32();
  return { partition, error: code === 0 ? '' : errorName(code), high, stable, aborted, set: d.readBytes() ?? Buffer.alloc(0) };
}
