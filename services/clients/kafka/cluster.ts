import type { Role } from '../role.ts';
import { KafkaBroker, type Fetched, type Isolation, type KafkaAddress } from './broker.ts';

const connect_ms = 5000;

/** What a fetch brought of one partition, and whether the broker that the address names leads it. */
export interface Led extends Fetched {
  readonly ledHere: boolean;
}

/** The brokers of a cluster as one: finds the leaders of a topic's partitions and asks them. After an error, `close` and ask again. */
export class KafkaCluster {
  readonly #address: KafkaAddress;
  readonly #topic: string;
  readonly #role: Role;
  /** By the port that a broker advertises. */
  readonly #brokers = new Map<number, Promise<KafkaBroker>>();
  /** The advertised port of each partition's leader. */
  readonly #leaders = new Map<number, number>();
  /** Whether the cluster has one broker only, so that it leads whatever port it advertises. */
  #single = false;

  constructor(address: KafkaAddress, topic: string, role: Role) {
    this.#address = address;
    this.#topic = topic;
    this.#role = role;
  }

  /** The topic's partitions; null when it does not exist. */
  async partitions(): Promise<readonly number[] | null> {
    const metadata = await (await this.#broker(this.#address.port)).metadata(this.#topic);
    this.#leaders.clear();
    if (metadata === null) return null;
    this.#single = metadata.brokers.length === 1;
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
    const found = await Promise.all([...this.#byLeader(partitions)].map(async ([port, own]) => (await this.#broker(port)).offsets(this.#topic, own, which)));
    return new Map(found.flatMap((offsets) => [...offsets]));
  }

  /** What stands behind these offsets; waits up to `wait_ms` for something to come. */
  async fetch(from: ReadonlyMap<number, number>, isolation: Isolation, wait_ms: number): Promise<readonly Led[]> {
    const fetches = [...this.#byLeader([...from.keys()])].map(async ([port, own]) => {
      const fetched = await (await this.#broker(port)).fetch(this.#topic, new Map(own.map((p) => [p, from.get(p)!])), isolation, wait_ms);
      const ledHere = this.#single || port === this.#address.port;
      return fetched.map((f) => ({ ...f, ledHere }));
    });
    return (await Promise.all(fetches)).flat();
  }

  /** Closes all connections; the next request makes new ones. */
  close(): void {
    for (const broker of this.#brokers.values()) void broker.then((b) => b.close(), () => {});
    this.#brokers.clear();
  }

  #byLeader(partitions: readonly number[]): ReadonlyMap<number, number[]> {
    return Map.groupBy(partitions, (p) => this.#leaders.get(p) ?? this.#address.port);
  }

  #broker(port: number): Promise<KafkaBroker> {
    let broker = this.#brokers.get(port);
    if (!broker) this.#brokers.set(port, (broker = KafkaBroker.connect({ port, leases: this.#address.leases }, connect_ms, this.#role)));
    return broker;
  }
}
