import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import kafkajs, { Kafka, Partitioners, type Admin, type Producer, type ProducerConfig } from 'kafkajs';
import { KafkaBroker } from '../../clients/kafka/broker.ts';
import { startBroker, type BrokerOptions } from '../../../infra/kafka/broker.ts';
import { freePortPair } from '../../../infra/kafka/ports.ts';
import type { LocalServer } from '../../../infra/kafka/server.ts';

/** A broker of a test's own, and clients of it. */
export class TestBroker {
  readonly port: number;
  readonly kafka: Kafka;
  readonly admin: Admin;
  readonly #dir: string;
  readonly #options: BrokerOptions;
  readonly #producers: Producer[] = [];
  #server: LocalServer;

  private constructor(port: number, dir: string, options: BrokerOptions, server: LocalServer) {
    this.port = port;
    this.#options = options;
    this.#dir = dir;
    this.#server = server;
    this.kafka = new Kafka({
      brokers: [`127.0.0.1:${port}`],
      logCreator: () => () => {},
      retry: { initialRetryTime: 50, maxRetryTime: 500, retries: 60 },
    });
    this.admin = this.kafka.admin();
  }

  static async start(options: BrokerOptions = {}): Promise<TestBroker> {
    const dir = mkdtempSync(join(tmpdir(), 'faultbox-kafka-'));
    const port = await freePortPair();
    const broker = new TestBroker(port, dir, options, await startBroker(dir, port, options));
    await broker.admin.connect();
    return broker;
  }

  async producer(config: ProducerConfig = {}): Promise<Producer> {
    const producer = this.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, ...config });
    this.#producers.push(producer);
    await producer.connect();
    return producer;
  }

  async topic(topic: string, numPartitions = 1, config: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions, configEntries: Object.entries(config).map(([name, value]) => ({ name, value })) }],
    });
  }

  /** How long its cleaner pauses when there is nothing to compact. */
  async cleanEvery_ms(ms: number): Promise<void> {
    const configEntries = [{ name: 'log.cleaner.backoff.ms', value: String(ms) }];
    await this.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.BROKER, name: '1', configEntries }],
    });
  }

  /** Waits until the offsets that partition 0 of a topic holds are such. */
  async until(topic: string, holds: (offsets: readonly number[]) => boolean): Promise<void> {
    const client = await KafkaBroker.connect({ port: this.port, leases: {}, login: null }, 5000, 'step');
    try {
      while (!holds(await offsetsOf(client, topic))) await new Promise((resolve) => setTimeout(resolve, 20));
    } finally {
      await client.close();
    }
  }

  /** Kills it and starts it again on the same data. */
  async crash(): Promise<void> {
    await this.kill();
    await this.restart();
  }

  kill(): Promise<void> {
    return this.#server.kill();
  }

  /** Starts it again on the same data. */
  async restart(): Promise<void> {
    this.#server = await startBroker(this.#dir, this.port, this.#options);
  }

  async stop(): Promise<void> {
    await Promise.all([this.admin, ...this.#producers].map((client) => client.disconnect()));
    await this.#server.stop();
    rmSync(this.#dir, { recursive: true, force: true });
  }
}

async function offsetsOf(client: KafkaBroker, topic: string): Promise<number[]> {
  const end = (await client.offsets(topic, [0], 'next')).get(0)!;
  const found: number[] = [];
  for (let next = 0; next < end;) {
    const [fetched] = await client.fetch(topic, new Map([[0, next]]), 'uncommitted', 0);
    for (const batch of fetched!.batches) found.push(...batch.records.map((r) => r.offset));
    next = (fetched!.batches.at(-1)?.last ?? end) + 1;
  }
  return found;
}
