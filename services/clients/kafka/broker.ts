import { connect, type Socket } from 'node:net';
import { dialObserver } from '../observer.ts';
import type { Role } from '../role.ts';
import { readBatches, type Aborted, type Batch } from './batches.ts';
import { registerCodecs } from './codecs.ts';
import {
  Decoder,
  errorName,
  fetchRequest,
  rawBroker,
  type ConnectionPool,
  type Metadata,
  type ProducedMessage,
  type RawBroker,
} from './internals.ts';
import { readTopicId, topicIdRequest, topicIdVersion } from './topic-id.ts';

/** How the brokers of a cluster are reached: `port` is the one that the spec names, `leases` the port of the host for each of the spec's. */
export interface KafkaAddress {
  readonly port: number;
  readonly leases: Readonly<Record<string, number>>;
}

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
const request_ms = 30_000;

registerCodecs();

/** One broker on loopback. All calls reject with the broker's or the system's error. */
export class KafkaBroker {
  readonly #broker: RawBroker;
  readonly #pool: ConnectionPool;
  readonly #sockets: Socket[];

  private constructor(broker: RawBroker, pool: ConnectionPool, sockets: Socket[]) {
    this.#broker = broker;
    this.#pool = pool;
    this.#sockets = sockets;
  }

  /** Connects to the port that stands for `advertised`, whatever host the broker advertises. `makesTopics`: metadata of a topic that is not there makes it, where the broker does that. */
  static async connect({ port, leases }: KafkaAddress, timeout_ms: number, role: Role, makesTopics = false): Promise<KafkaBroker> {
    const sockets: Socket[] = [];
    const leased = leasedPort(port, leases);
    const socketFactory = ({ onConnect }: { readonly onConnect: () => void }): Socket => {
      const socket = role === 'observer' ? dialObserver(leased) : connect({ host: '127.0.0.1', port: leased, noDelay: true });
      sockets.push(socket);
      return socket.once('connect', onConnect);
    };
    const { broker, pool } = rawBroker(
      { port, connectionTimeout: Math.ceil(timeout_ms), requestTimeout: request_ms, socketFactory },
      makesTopics,
    );
    const connected = new KafkaBroker(broker, pool, sockets);
    try {
      await broker.connect();
      return connected;
    } catch (error) {
      await connected.close();
      throw error;
    }
  }

  /** Its own end and the broker's, as `ip:port`, of the connection over which all but fetches go. */
  get local(): string {
    return `${this.#sockets[0]?.localAddress}:${this.#sockets[0]?.localPort}`;
  }

  get remote(): string {
    return `${this.#sockets[0]?.remoteAddress}:${this.#sockets[0]?.remotePort}`;
  }

  /** The cluster's brokers, and the topic's partitions with their leaders; null for a topic that does not exist. */
  async metadata(topic: string): Promise<Metadata | null> {
    try {
      return await this.#broker.metadata([topic]);
    } catch (error) {
      if ((error as { type?: string }).type === 'UNKNOWN_TOPIC_OR_PARTITION') return null;
      throw error;
    }
  }

  /** What tells a topic from another of its name; empty when it does not exist, or the broker has no ids. */
  async topicId(topic: string): Promise<string> {
    if ((this.#broker.versions?.[metadataKey]?.maxVersion ?? 0) < topicIdVersion) return '';
    const response = { decode: async (raw: Buffer) => readTopicId(raw), parse: async (id: unknown) => id };
    return (await this.#pool.send({ request: topicIdRequest(topic), response, requestTimeout: request_ms })) as string;
  }

  /** How many brokers the cluster has, by this one's word. Rejects when it is not in service yet. */
  async brokers(): Promise<number> {
    const { brokers } = await this.#broker.metadata([]);
    if (brokers.length === 0) throw new Error('the broker is not registered yet');
    return brokers.length;
  }

  /** The first or the next offset of partitions that it leads; open transactions count. */
  async offsets(topic: string, partitions: readonly number[], which: 'first' | 'next'): Promise<Map<number, number>> {
    const timestamp = which === 'next' ? -1 : -2;
    const { responses } = await this.#broker.listOffsets({
      isolationLevel: 0,
      topics: [{ topic, partitions: partitions.map((partition) => ({ partition, timestamp })) }],
    });
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
    return (await this.#pool.send({ request, response, requestTimeout: request_ms })) as readonly Fetched[];
  }

  /** Appends one message to a partition that it leads, acknowledged by all replicas. Its offset. */
  async produce(topic: string, partition: number, message: ProducedMessage, timeout_ms: number): Promise<number> {
    const { topics } = await this.#broker.produce({
      acks: -1,
      timeout: Math.ceil(timeout_ms),
      topicData: [{ topic, partitions: [{ partition, messages: [message] }] }],
    });
    return Number(topics[0]!.partitions[0]!.baseOffset);
  }

  async close(): Promise<void> {
    await this.#broker.disconnect().catch(() => {});
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** Where there are leases, a port without one is not the test's: whoever listens there on the host is no broker of it. */
function leasedPort(port: number, leases: KafkaAddress['leases']): number {
  const leased = leases[port];
  const strange = leased === undefined && Object.keys(leases).length > 0;
  if (strange) throw new Error(`a broker advertises port ${port}, which no interface of the spec has`);
  return leased ?? port;
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
