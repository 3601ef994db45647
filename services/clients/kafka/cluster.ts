import { Refused } from '../refused.ts';
import type { Role } from '../role.ts';
import { KafkaBroker, type Fetched, type Isolation } from './broker.ts';
import type { KafkaAddress } from './connection.ts';
import type { Metadata } from './internals.ts';

const connect_ms = 5000;

/** What a fetch brought of one partition, and whether the broker that the address names leads it. */
export interface Led extends Fetched {
  readonly ledHere: boolean;
}

/** What stands for a partition whose leader does not answer. */
const silent = { error: 'BROKER_NOT_AVAILABLE', high: 0, stable: 0, batches: [], aborted: [] } as const;

/** The brokers of a cluster as one: finds the leaders of a topic's partitions and asks them. After an error, `close` and ask again. */
export class KafkaCluster {
  readonly #address: KafkaAddress;
  readonly #topic: string;
  readonly #role: Role;
  /** By the port that a broker advertises. */
  readonly #brokers = new Map<number, Promise<KafkaBroker>>();
  /** The advertised port of each partition's leader. */
  readonly #leaders = new Map<number, number>();
  /** The ports that the brokers advertise, by the last word: whoever of them lives can be asked. */
  #known: readonly number[] = [];
  #topicId = '';

  constructor(address: KafkaAddress, topic: string, role: Role) {
    this.#address = address;
    this.#topic = topic;
    this.#role = role;
  }

  /** What tells the topic from an earlier one of its name, as of the last `partitions`; empty where that is not known. */
  get topicId(): string {
    return this.#topicId;
  }

  /** The topic's partitions; null when it does not exist. */
  async partitions(): Promise<readonly number[] | null> {
    const { metadata, topicId } = await this.#metadata();
    this.#topicId = topicId;
    this.#leaders.clear();
    if (metadata === null) return null;
    this.#known = metadata.brokers.map(({ port }) => port);
    const ports = new Map(metadata.brokers.map(({ nodeId, port }) => [nodeId, port]));
    for (const { partitionId, leader } of metadata.topicMetadata[0]!.partitionMetadata) {
      const port = ports.get(leader);
      if (port === undefined) throw new Error(`partition ${partitionId} has no leader`);
      this.#leaders.set(partitionId, port);
    }
    return [...this.#leaders.keys()].sort((a, b) => a - b);
  }

  /** The first or the next offset of partitions. */
  async offsets(partitions: readonly number[], which: 'first' | 'next'): Promise<Map<number, number>> {
    const found = await Promise.all(
      [...this.#byLeader(partitions)].map(async ([port, own]) => (await this.#broker(port)).offsets(this.#topic, own, which)),
    );
    return new Map(found.flatMap((offsets) => [...offsets]));
  }

  /** What stands behind these offsets; waits up to `wait_ms` for something to come. Rejects when no leader answers, or one refuses. */
  async fetch(from: ReadonlyMap<number, number>, isolation: Isolation, wait_ms: number): Promise<readonly Led[]> {
    const leaders = [...this.#byLeader([...from.keys()])];
    const fetched = await Promise.allSettled(
      leaders.map(async ([port, own]) =>
        (await this.#broker(port)).fetch(this.#topic, new Map(own.map((p) => [p, from.get(p)!])), isolation, wait_ms),
      ),
    );
    const failures = fetched.filter((f) => f.status === 'rejected').map((f) => f.reason as unknown);
    const refused = failures.find((reason) => reason instanceof Refused);
    if (refused) throw refused;
    if (failures.length > 0 && failures.length === fetched.length) throw failures[0];
    return fetched.flatMap((result, i) => {
      const [port, own] = leaders[i]!;
      // A cluster of one leads whatever port it advertises.
      const ledHere = this.#known.length === 1 || port === this.#address.port;
      if (result.status === 'fulfilled') return result.value.map((f) => ({ ...f, ledHere }));
      this.#drop(port);
      return own.map((partition) => ({ ...silent, partition, ledHere }));
    });
  }

  /** Closes all connections; the next request makes new ones. */
  close(): void {
    for (const port of [...this.#brokers.keys()]) this.#drop(port);
  }

  /** By the broker that the address names; when it does not answer, by another. Rejects with a refusal, else with the error of the first. */
  async #metadata(): Promise<{ readonly metadata: Metadata | null; readonly topicId: string }> {
    let failure: unknown = null;
    for (const port of new Set([this.#address.port, ...this.#known])) {
      try {
        const broker = await this.#broker(port);
        const [metadata, topicId] = await Promise.all([broker.metadata(this.#topic), broker.topicId(this.#topic)]);
        return { metadata, topicId };
      } catch (error) {
        failure = failure === null || error instanceof Refused ? error : failure;
        this.#drop(port);
      }
    }
    throw failure;
  }

  /** Closes a connection; the next request makes a new one. */
  #drop(port: number): void {
    void this.#brokers.get(port)?.then(
      (b) => b.close(),
      () => {},
    );
    this.#brokers.delete(port);
  }

  #byLeader(partitions: readonly number[]): ReadonlyMap<number, number[]> {
    return Map.groupBy(partitions, (p) => this.#leaders.get(p) ?? this.#address.port);
  }

  #broker(port: number): Promise<KafkaBroker> {
    let broker = this.#brokers.get(port);
    if (!broker) this.#brokers.set(port, (broker = KafkaBroker.connect({ ...this.#address, port }, connect_ms, this.#role)));
    return broker;
  }
}
