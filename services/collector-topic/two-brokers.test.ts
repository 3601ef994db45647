import { Kafka, Partitioners } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestBroker } from './testing/broker.ts';
import { TestCollector } from './testing/collector.ts';
import { SecondBroker } from './testing/second-broker.ts';

let first: TestBroker;
let second: SecondBroker;
let collector: TestCollector;
beforeAll(async () => {
  first = await TestBroker.start();
  second = await SecondBroker.start(first.port);
}, 120_000);
afterAll(async () => {
  await second.end();
  await first.stop();
});
beforeEach(() => {
  collector = new TestCollector();
});
afterEach(() => collector.end());

test('partitions are read from their leaders; when the named broker is dead, only what it leads is missing', async () => {
  const replicas = (topic: string, leaders: readonly number[]) => {
    const replicaAssignment = leaders.map((leader, partition) => ({ partition, replicas: [leader] }));
    return { topic, replicaAssignment };
  };
  await first.admin.createTopics({ waitForLeaders: true, topics: [replicas('both', [1, 2]), replicas('other', [2])] });
  await collector.attach(first.port, 'both');
  await collector.attach(first.port, 'other', { read_uncommitted: true }, 'u');
  const kafka = new Kafka({ brokers: [`127.0.0.1:${second.port}`], logCreator: () => () => {} });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner, allowAutoTopicCreation: false });
  await producer.connect();
  const send = (topic: string, partition: number, value: string) => producer.send({ topic, messages: [{ partition, value }] });
  for (const partition of [0, 1]) await send('both', partition, `to ${partition + 1}`);
  await send('other', 0, 'alive');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2 });
  const batches = collector
    .events()
    .filter((e) => e.topic === 'both')
    .map((e) => [e.partition, e.batch_offset]);
  expect(batches.sort()).toEqual([
    [0, 0],
    [1, null],
  ]);

  await first.kill();
  await send('other', 0, 'still');
  expect(await collector.barrier({ test: 'u' })).toMatchObject({ type: 'complete', position: 2 });
  await send('both', 1, 'still');
  const silent = expect.stringContaining('the broker does not answer');
  expect(await collector.barrier({ within_ms: 1500 })).toMatchObject({ type: 'incomplete', reason: silent });
  expect(
    collector
      .data()
      .map((d) => d['value'])
      .sort(),
  ).toEqual(['alive', 'still', 'still', 'to 1', 'to 2']);
  await producer.disconnect();
  await first.restart();
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 3 });
  expect(collector.gaps()).toEqual([]);
}, 120_000);
