import type { Admin } from 'kafkajs';
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adminOf } from '../../../infra/kafka/admin.ts';
import { LocalKafka } from '../../../infra/kafka/local-kafka.ts';
import { busLocation, type BusLocation } from '../location.ts';
import { openBusWriter, openRunReader, prepareBus } from '../open.ts';
import { blockOf, line, readAll } from '../testing/lines.ts';
import { topic } from './client.ts';

const topicResource = 2;
const lost = expect.objectContaining({
  code: 'E_BUS_LOST',
  message: expect.stringMatching(/had acknowledged .* and does not have them any more/),
});

let kafka: LocalKafka;
let admin: Admin;
let run: string;
beforeAll(async () => {
  kafka = await LocalKafka.start();
  admin = await adminOf(kafka);
});
afterAll(async () => {
  await admin.disconnect();
  await kafka.end();
});
beforeEach(() => {
  run = randomBytes(4).toString('hex');
});
afterEach(() => forget());

const bus = (settings = '') => busLocation(`${kafka.bus}${settings}`);

async function forget(): Promise<void> {
  if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] });
  while ((await admin.listTopics()).includes(topic)) await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Appends lines with these positions, one message each. */
async function append(at: BusLocation, positions: readonly number[]): Promise<void> {
  const writer = openBusWriter(at, run, 'stdout');
  for (const n of positions) {
    writer.append(blockOf([line(run, n)]), 1);
    await writer.durable();
  }
  await writer.close();
}

/** Removes from each partition the first messages, as retention does. */
async function removeFirst(count: number): Promise<void> {
  const partitions = (await admin.fetchTopicOffsets(topic))
    .filter(({ low, high }) => Number(high) > Number(low))
    .map(({ partition, low }) => ({ partition, offset: String(Number(low) + count) }));
  await admin.deleteTopicRecords({ topic, partitions });
}

describe('what Kafka has acknowledged and then lost is missed', () => {
  test('by a reader that had not read it', async () => {
    const at = await prepareBus(bus());
    await append(at, [1, 2, 3]);
    await removeFirst(2);
    const reader = openRunReader(at, run);
    await expect(readAll(reader)).rejects.toEqual(lost);
    await reader.close();
  });

  test('by a reader that begins at what is left', async () => {
    await append(await prepareBus(bus()), [1, 2, 3]);
    await removeFirst(1);
    const reader = openRunReader(bus(), run);
    await expect(readAll(reader)).rejects.toEqual(lost);
    await reader.close();
  });

  test('where the topic was made anew between two messages', async () => {
    const at = await prepareBus(bus());
    const writer = openBusWriter(at, run, 'stdout');
    writer.append(blockOf([line(run, 1)]), 1);
    await writer.durable();
    await forget();
    await prepareBus(bus());
    writer.append(blockOf([line(run, 2)]), 1);
    await writer.close();
    const reader = openRunReader(at, run);
    await expect(readAll(reader)).rejects.toEqual(lost);
    await reader.close();
  });

  test('and nothing is missed of the messages of another run', async () => {
    const at = await prepareBus(bus());
    await append(at, [1, 2, 3]);
    await removeFirst(2);
    run = randomBytes(4).toString('hex');
    const next = await prepareBus(bus());
    await append(next, [1, 2]);
    const reader = openRunReader(bus(), run);
    expect((await readAll(reader)).map((l) => l.position)).toEqual([1, 2]);
    await reader.close();
  });
});

test('a topic that is given more partitions during a run keeps each test in its order', async () => {
  const at = await prepareBus(bus());
  const reader = openRunReader(at, run);
  const tests = Array.from({ length: 12 }, (_, n) => `test_${n}`);
  const early = openBusWriter(at, run, 'stdout');
  for (const name of tests) early.append(blockOf([line(run, 1, name)]), 1);
  await early.close();
  await admin.createPartitions({ topicPartitions: [{ topic, count: 64 }] });
  const more = openBusWriter(at, run, 'stdout');
  for (const name of tests) more.append(blockOf([line(run, 2, name)]), 1);
  await more.close();
  const lines = await readAll(reader);
  await reader.close();
  for (const name of tests) expect(lines.filter((l) => l.test === name).map((l) => l.position)).toEqual([1, 2]);
});

test('a compacted topic is refused before a run begins', async () => {
  await prepareBus(bus());
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: topicResource, name: topic, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }],
  });
  await expect(prepareBus(bus())).rejects.toMatchObject({
    code: 'E_BUS_REFUSED',
    message: expect.stringMatching(/is compacted \(cleanup\.policy=compact\).*Set its cleanup\.policy to delete/),
  });
});

test('a topic whose messages may not be as large as ours: what to set, and to what', async () => {
  await admin.createTopics({
    waitForLeaders: false,
    topics: [{ topic, numPartitions: 1, configEntries: [{ name: 'max.message.bytes', value: '1000' }] }],
  });
  const writer = openBusWriter(await prepareBus(bus()), run, 'stdout');
  writer.append(blockOf([{ ...line(run, 1), data: JSON.stringify({ msg: randomBytes(4000).toString('hex') }) }]), 1);
  await expect(writer.close()).rejects.toMatchObject({
    code: 'E_BUS_REFUSED',
    message: expect.stringMatching(/Set max\.message\.bytes of the topic faultbox\.events to 33554432/),
  });
});

test('a topic that is deleted for good: a sentence that says so, for writer and reader', async () => {
  const at = await prepareBus(bus('&patience_ms=2000'));
  const writer = openBusWriter(at, run, 'stdout');
  const reader = openRunReader(at, run);
  writer.append(blockOf([line(run, 1)]), 1);
  await writer.durable();
  expect((await readAll(reader)).length).toBe(1);
  await forget();
  writer.append(blockOf([line(run, 2)]), 1);
  const gone = expect.objectContaining({
    message: expect.stringMatching(/^There is no topic faultbox\.events at the broker at .*Was it deleted/),
  });
  await expect(writer.close()).rejects.toEqual(gone);
  await expect(readAll(reader)).rejects.toEqual(gone);
  await reader.close();
});
