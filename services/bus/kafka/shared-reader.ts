import type { Consumer, EachBatchPayload, KafkaMessage } from 'kafkajs';
import { BusError, type BusShare, type ShareHolder, type SharedReader } from '../bus.ts';
import type { KafkaAddress } from './address.ts';
import { blockOf } from './block.ts';
import { busError, clientConfig, openKafka, topic, withinPatience } from './client.ts';
import { Continuity } from './continuity.ts';
import { isOf, testOf } from './message.ts';
import { Registry } from './registry.ts';
import { rendezvousAssigner } from './rendezvous.ts';

/** The least that brokers allow as they come: so long the parts of a reader that died wait. */
const session_ms = 6000;
/** How soon a reader notices that another has come or gone. */
const heartbeat_ms = 200;
const fetchWait_ms = 100;
const commitEvery_ms = 1000;
const leave_ms = 2000;
const partitionBytes = 4 << 20;

interface Held {
  readonly share: BusShare;
  readonly continuity: Continuity;
  /** The offset that comes next; null before the first message. */
  next: bigint | null;
  committed: bigint | null;
}

/** Reads the partitions that fall to this member of the address's group, and of their messages those that are the group's. */
export function openKafkaSharedReader(address: KafkaAddress, holder: ShareHolder): SharedReader {
  return new KafkaSharedReader(address, holder);
}

class KafkaSharedReader implements SharedReader {
  readonly failed: Promise<never>;
  readonly #address: KafkaAddress;
  readonly #holder: ShareHolder;
  readonly #registry: Registry;
  readonly #held = new Map<number, Held>();
  readonly #watch: NodeJS.Timeout;
  #consumer: Consumer | null = null;
  #heard_ms = performance.now();
  #committed_ms = performance.now();
  #closed = false;
  #fail!: (error: unknown) => void;

  constructor(address: KafkaAddress, holder: ShareHolder) {
    this.#address = address;
    this.#holder = holder;
    this.#registry = new Registry(address);
    this.failed = new Promise((_, reject) => (this.#fail = (error) => reject(busError(address, error))));
    this.failed.catch(() => {});
    this.#watch = setInterval(() => this.#doubt(), 1000);
    this.#start().catch(this.#fail);
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearInterval(this.#watch);
    const consumer = this.#consumer;
    if (consumer === null) return;
    const commit = this.#held.size === 0 ? Promise.resolve() : consumer.commitOffsets(this.#uncommitted());
    await within(
      leave_ms,
      commit
        .catch(() => {})
        .then(() => consumer.disconnect())
        .catch(() => {}),
    );
  }

  async #start(): Promise<void> {
    const address = this.#address;
    const { default: kafkajs } = await import('kafkajs');
    const { retry } = clientConfig(address);
    const consumer = (await openKafka(address)).consumer({
      groupId: address.group,
      sessionTimeout: session_ms,
      rebalanceTimeout: session_ms,
      heartbeatInterval: heartbeat_ms,
      maxWaitTimeInMs: fetchWait_ms,
      maxBytesPerPartition: partitionBytes,
      maxBytes: partitionBytes * 4,
      readUncommitted: true,
      allowAutoTopicCreation: false,
      partitionAssigners: [rendezvousAssigner(kafkajs.AssignerProtocol)],
      retry: { ...retry, restartOnFailure: () => Promise.resolve(!this.#closed) },
    });
    this.#consumer = consumer;
    const { GROUP_JOIN, HEARTBEAT, CRASH } = consumer.events;
    consumer.on(GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
      this.#holder.joined(memberId);
      this.#assign(memberAssignment[topic] ?? []);
    });
    consumer.on(HEARTBEAT, () => void (this.#heard_ms = performance.now()));
    consumer.on(CRASH, ({ payload: { error, restart } }) => {
      if (!restart && !this.#closed) this.#fail(error);
    });
    await withinPatience(
      address,
      consumer.connect().then(() => consumer.subscribe({ topics: [topic], fromBeginning: true })),
    );
    await consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: (batch) => this.#take(batch) });
  }

  /** What stays ours goes on where it is; kafkajs would begin again where it was last committed. */
  #assign(partitions: readonly number[]): void {
    this.#heard_ms = performance.now();
    for (const partition of [...this.#held.keys()].filter((p) => !partitions.includes(p))) {
      this.#held.delete(partition);
      this.#holder.lose(partition);
    }
    for (const partition of partitions) {
      const held = this.#held.get(partition);
      if (!held) this.#held.set(partition, this.#begin(partition));
      else if (held.next !== null) this.#consumer!.seek({ topic, partition, offset: String(held.next) });
    }
  }

  #begin(partition: number): Held {
    return { share: this.#holder.gain(partition), continuity: new Continuity(this.#address), next: null, committed: null };
  }

  async #take({ batch: { partition, messages }, heartbeat, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload): Promise<void> {
    const held = this.#held.get(partition);
    if (!held) return;
    let interrupted: unknown = null;
    const beat = setInterval(() => void heartbeat().catch((error: unknown) => (interrupted = error)), heartbeat_ms);
    try {
      for (const message of messages) {
        const offset = BigInt(message.offset);
        if (held.next === null || offset >= held.next) await this.#one(partition, held, offset, message);
        resolveOffset(message.offset);
        if (interrupted !== null) break;
      }
    } catch (error) {
      this.#fail(error);
      throw error;
    } finally {
      clearInterval(beat);
    }
    if (interrupted !== null) throw interrupted as Error;
    if (performance.now() - this.#committed_ms > commitEvery_ms) await this.#commit(commitOffsetsIfNecessary);
  }

  async #one(partition: number, held: Held, offset: bigint, { key, value, headers, timestamp }: KafkaMessage): Promise<void> {
    const of = key === null || value === null || !isOf(this.#address.group, headers) ? null : testOf(key.toString());
    if (of && key !== null && value !== null) {
      const block = await blockOf({ partition, offset, value }, this.#registry, this.#address);
      const lost = held.continuity.follow(`${block.room} of ${key.toString()}`, headers ?? {});
      await held.share.take({ ...block, ...of, position: offset, sent_ms: Number(timestamp), lost });
    }
    held.next = offset + 1n;
  }

  #uncommitted(): Array<{ topic: string; partition: number; offset: string }> {
    return [...this.#held].flatMap(([partition, held]) => {
      const offset = held.share.oldest ?? held.next;
      return offset === null || offset === held.committed ? [] : [{ topic, partition, offset: String(offset) }];
    });
  }

  async #commit(send: EachBatchPayload['commitOffsetsIfNecessary']): Promise<void> {
    this.#committed_ms = performance.now();
    const partitions = this.#uncommitted();
    if (partitions.length === 0) return;
    await send({ topics: [{ topic, partitions }] });
    for (const { partition, offset } of partitions) this.#held.get(partition)!.committed = BigInt(offset);
  }

  /** kafkajs tries again for ever; past the patience we do not. */
  #doubt(): void {
    const { brokers, patience_ms } = this.#address;
    if (performance.now() - this.#heard_ms <= patience_ms) return;
    const where = brokers.join(',');
    this.#fail(
      new BusError(
        'E_BUS_GONE',
        where,
        `The broker at ${where} has not answered for ${patience_ms / 1000} s. Is it up, and is the address in --bus right?`,
      ),
    );
  }
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
