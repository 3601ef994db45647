import type { KafkaAddress } from './address.ts';
import { topic } from './client.ts';
import { openCluster, type RawBroker, type RawCluster, type RawPartition } from './cluster.ts';

/** A message of the topic. */
export interface Fetched {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, unknown>>;
}

const earliest = -2;
const offsetOutOfRange = 1;
const maxWait_ms = 50;
const partitionBytes = 4 << 20;

/**
 * Reads the topic's partitions from chosen offsets, without a consumer group. The answers of a raw fetch carry the high watermark:
 * whether everything has been read needs no guess.
 */
export class Fetcher {
  readonly #address: KafkaAddress;
  readonly #next = new Map<number, bigint>();
  #cluster: RawCluster | null = null;

  constructor(address: KafkaAddress) {
    this.#address = address;
  }

  /** What has come since, in each partition's order, and whether that was all there was. After a rejection: `reset`, and again. */
  async fetch(): Promise<{ readonly messages: Fetched[]; readonly atEnd: boolean }> {
    const cluster = (this.#cluster ??= await openCluster(this.#address, 1));
    const byLeader = Map.groupBy(cluster.findTopicPartitionMetadata(topic), ({ leader }) => leader);
    const answers = await Promise.all(
      [...byLeader].map(async ([nodeId, partitions]) => {
        const broker = await cluster.findBroker({ nodeId });
        const ids = partitions.map((p) => p.partitionId);
        await this.#findBeginnings(
          broker,
          ids.filter((p) => !this.#next.has(p)),
        );
        const asked = ids.map((partition) => ({ partition, fetchOffset: String(this.#next.get(partition)), maxBytes: partitionBytes }));
        const limits = { maxWaitTime: maxWait_ms, minBytes: 1, maxBytes: partitionBytes * 4 };
        const { responses } = await broker.fetch({ isolationLevel: 0, ...limits, topics: [{ topic, partitions: asked }] });
        return responses.flatMap((r) => r.partitions);
      }),
    );
    const taken = answers.flat().map((partition) => this.#take(partition));
    return { messages: taken.flatMap((t) => t.messages), atEnd: taken.every((t) => t.atEnd) };
  }

  /** Connects afresh at the next fetch: leaders may have moved. */
  async reset(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = null;
    await cluster?.disconnect().catch(() => {});
  }

  async #findBeginnings(broker: RawBroker, partitions: readonly number[]): Promise<void> {
    for (const p of partitions) if (this.#address.from.has(p)) this.#next.set(p, this.#address.from.get(p)!);
    const unknown = partitions.filter((p) => !this.#next.has(p));
    if (unknown.length === 0) return;
    const asked = unknown.map((partition) => ({ partition, timestamp: earliest }));
    const { responses } = await broker.listOffsets({ replicaId: -1, isolationLevel: 0, topics: [{ topic, partitions: asked }] });
    for (const { partition, offset } of responses.flatMap((r) => r.partitions)) this.#next.set(partition, BigInt(offset));
  }

  #take({ partition, highWatermark, messages }: RawPartition): { messages: Fetched[]; atEnd: boolean } {
    const from = this.#next.get(partition)!;
    const out: Fetched[] = [];
    for (const { offset, key, value, headers, isControlRecord } of messages) {
      const at = BigInt(offset);
      if (at < from) continue;
      this.#next.set(partition, at + 1n);
      if (!isControlRecord && key !== null && value !== null) out.push({ partition, offset: at, key: key.toString(), value, headers });
    }
    return { messages: out, atEnd: this.#next.get(partition)! >= BigInt(highWatermark) };
  }
}

/** Whether a fetch failed because the offsets asked for are not there any more: nothing that trying again would cure. */
export function isOutOfRange(error: unknown): boolean {
  return (error as { code?: unknown }).code === offsetOutOfRange;
}
