import { setTimeout as pause } from 'node:timers/promises';
import type { Fetched, Isolation } from '../../clients/kafka/broker.ts';
import { KafkaCluster } from '../../clients/kafka/cluster.ts';
import type { KafkaAddress } from '../../clients/kafka/connection.ts';
import { Refused } from '../../clients/refused.ts';
import { within } from '../../collector/within.ts';
import type { Verdict } from '../../collector/verdict.ts';
import type { Feed, Sink } from '../message.ts';
import { Partition } from './partition.ts';

const fetch_ms = 100;
/** How often a topic is asked for new partitions while nobody waits for them. */
const refresh_ms = 1000;
const absent_ms = 50;
const retry_ms = 20;
const start_ms = 10_000;

/** A Kafka topic, all partitions of it, read without a consumer group from its end offsets on. */
export class KafkaFeed implements Feed {
  readonly #topic: string;
  readonly #isolation: Isolation;
  readonly #sink: Sink;
  /** Reads; what a barrier asks goes over connections of its own, so that it waits for no fetch and a fetch for nobody. */
  readonly #reading: KafkaCluster;
  readonly #asking: KafkaCluster;
  readonly #partitions = new Map<number, Partition>();
  #moved = Promise.withResolvers<void>();
  #stopped = false;
  #topicId = '';
  /** Why nothing comes at the moment; empty when reading works. */
  #trouble = '';
  /** What the broker refused, and nobody reads on then; empty as long as it did not. */
  #refusal = '';

  constructor(address: KafkaAddress, topic: string, isolation: Isolation, sink: Sink) {
    this.#topic = topic;
    this.#isolation = isolation;
    this.#sink = sink;
    this.#reading = new KafkaCluster(address, topic, 'observer');
    this.#asking = new KafkaCluster(address, topic, 'observer');
  }

  async start(): Promise<void> {
    const deadline_ms = performance.now() + start_ms;
    for (let reason = 'the broker did not answer'; ;) {
      try {
        const ends = await within(this.#ends(), deadline_ms, reason);
        // Offsets are told to who may not read; what this finds is read again.
        if (ends.size > 0) await within(this.#asking.fetch(ends, this.#isolation, 0), deadline_ms, reason);
        for (const [id, next] of ends) this.#partitions.set(id, new Partition(id, next, this.#sink));
        this.#topicId = this.#asking.topicId;
        break;
      } catch (error) {
        this.#asking.close();
        if (error instanceof Refused || performance.now() > deadline_ms) throw error;
        reason = (error as Error).message;
        await pause(retry_ms);
      }
    }
    void this.#read();
  }

  async prove(deadline_ms: number): Promise<Verdict> {
    let reason = 'it was not asked in time';
    while (performance.now() < deadline_ms && !this.#stopped && this.#refusal === '') {
      try {
        return await this.#ask(deadline_ms);
      } catch (error) {
        this.#asking.close();
        if (error instanceof Refused) this.#refuse(error.message);
        reason = `the broker does not answer: ${(error as Error).message}`;
      }
      await pause(retry_ms);
    }
    return { complete: false, reason: this.#refusal || reason };
  }

  stop(): void {
    this.#stopped = true;
    this.#reading.close();
    this.#asking.close();
    this.#moved.resolve();
  }

  async #ask(deadline_ms: number): Promise<Verdict> {
    const ends = await within(this.#ends(), deadline_ms, 'no answer in time');
    this.#learn([...ends.keys()], this.#asking.topicId);
    const late = () => [...ends].map(([id, end]) => this.#partitions.get(id)?.lag(end) ?? '').find((lag) => lag !== '');
    for (let lag = late(); lag !== undefined; lag = late()) {
      const moved = await within(
        this.#moved.promise.then(() => true),
        deadline_ms,
        '',
      ).catch(() => false);
      if (!moved || this.#stopped || this.#refusal !== '')
        return { complete: false, reason: this.#refusal || (this.#trouble === '' ? lag : `${lag}; ${this.#trouble}`) };
    }
    const reason = `read to the end of ${ends.size} partition${ends.size === 1 ? '' : 's'}: ${[...ends].map(([id, end]) => `${id} at ${end}`).join(', ')}`;
    return ends.size === 0
      ? { complete: true, reason: 'there is nothing to read', vacuous: `topic ${this.#topic} does not exist`, sampled: '' }
      : { complete: true, reason, vacuous: '', sampled: '' };
  }

  /** The offset behind the last record of each partition; none when there is no such topic. */
  async #ends(): Promise<Map<number, number>> {
    const ids = await this.#asking.partitions();
    return ids === null ? new Map() : this.#asking.offsets(ids, 'next');
  }

  /** Partitions that were not there before are read from their begin; a topic that is gone takes what was not read with it. */
  #learn(ids: readonly number[], topicId: string): void {
    if (topicId !== '' && this.#topicId !== '' && topicId !== this.#topicId && this.#partitions.size > 0) {
      this.#sink.gap(null, `topic ${this.#topic} was deleted and made anew; what it held last, and what it holds first, may be missing`);
    }
    if (topicId !== '') this.#topicId = topicId;
    if (ids.length === 0 && this.#partitions.size > 0) {
      this.#partitions.clear();
      this.#sink.gap(null, `topic ${this.#topic} was deleted; what it held last may be missing`);
    }
    for (const id of ids) if (!this.#partitions.has(id)) this.#partitions.set(id, new Partition(id, 0, this.#sink));
  }

  async #read(): Promise<void> {
    let refreshed = -Infinity;
    while (!this.#stopped && this.#refusal === '') {
      try {
        if (this.#trouble !== '' || performance.now() > refreshed + refresh_ms) {
          this.#learn((await this.#reading.partitions()) ?? [], this.#reading.topicId);
          this.#trouble = '';
          refreshed = performance.now();
        }
        if (this.#partitions.size > 0) await this.#fetch();
        else {
          await pause(absent_ms);
          refreshed = -Infinity;
        }
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof Refused) return this.#refuse(error.message);
        this.#trouble = (error as Error).message;
        this.#reading.close();
        await pause(retry_ms);
      }
    }
  }

  async #fetch(): Promise<void> {
    const from = new Map([...this.#partitions].map(([id, { next }]) => [id, next]));
    for (const fetched of await this.#reading.fetch(from, this.#isolation, fetch_ms)) {
      if (this.#stopped) return;
      const partition = this.#partitions.get(fetched.partition);
      if (!partition) continue;
      if (fetched.error === '') await partition.take(fetched, this.#topic, this.#isolation);
      else await this.#recover(partition, fetched);
    }
    const moved = this.#moved;
    this.#moved = Promise.withResolvers();
    moved.resolve();
  }

  /** What no trying again cures ends the reading; what comes from now on is missing. */
  #refuse(reason: string): void {
    if (this.#refusal === '') this.#sink.gap(null, reason);
    this.#refusal = reason;
    this.#moved.resolve();
    this.#reading.close();
  }

  async #recover(partition: Partition, { error }: Fetched): Promise<void> {
    if (error !== 'OFFSET_OUT_OF_RANGE') {
      this.#trouble = `the broker answers ${error}`;
      return void (await pause(retry_ms));
    }
    const [first, next] = await Promise.all(
      (['first', 'next'] as const).map(async (which) => (await this.#reading.offsets([partition.id], which)).get(partition.id)!),
    );
    partition.jump(first!, next!);
  }
}
