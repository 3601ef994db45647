import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestBroker } from './testing/broker.ts';
import { TestCollector } from './testing/collector.ts';

let broker: TestBroker;
let collector: TestCollector;
let topics = 0;
beforeAll(async () => {
  broker = await TestBroker.start();
});
afterAll(() => broker.stop());
beforeEach(() => {
  collector = new TestCollector();
});
afterEach(() => collector.end());

/** A topic of the test's own. */
async function fresh(partitions = 1, config: Readonly<Record<string, string>> = {}): Promise<string> {
  const topic = `t${++topics}`;
  await broker.topic(topic, partitions, config);
  return topic;
}

const values = () => collector.data().map((d) => d['value']);
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

test('messages from the moment of attaching on, with key, headers, timestamp, tombstones; what was there before is not seen, and no group is left behind', async () => {
  const topic = await fresh();
  const producer = await broker.producer();
  await producer.send({ topic, messages: [{ value: 'before' }] });
  expect(await collector.attach(broker.port, topic)).toMatchObject({ done: expect.any(Number) });
  await producer.send({
    topic,
    messages: [
      { key: 'k', value: '{"id": 9007199254740993, "x": 1.0}', headers: { trace: 'abc', many: ['1', '2'] }, timestamp: '1700000000123' },
      { key: 'k', value: null },
      { value: 'plain text' },
      { key: Buffer.from([255]), value: Buffer.from([254]) },
      { key: Buffer.from([255]), value: '{"key_base64":1}' },
    ],
  });
  expect(await collector.barrier()).toMatchObject({
    type: 'complete',
    lost: 0,
    position: 5,
    data: null,
    reason: 'read to the end of 1 partition: 0 at 6',
  });
  expect(
    collector
      .events()
      .map(({ position, topic: t, partition, offset, key, headers, data }) => [position, t, partition, offset, key, headers, data]),
  ).toEqual([
    [1, topic, 0, 1, 'k', '{"trace":"abc","many":["1","2"]}', '{"id":9007199254740993,"x":1.0}'],
    [2, topic, 0, 2, 'k', '{}', '{"value":null}'],
    [3, topic, 0, 3, null, '{}', '{"value":"plain text"}'],
    [4, topic, 0, 4, null, '{}', '{"raw":"�","raw_base64":"/g==","decode_error":"the value is no UTF-8 text","key_base64":"/w=="}'],
    [5, topic, 0, 5, null, '{}', '{"key_base64":"/w=="}'],
  ]);
  expect(collector.events()[0]!.timestamp_ms).toBe(1_700_000_000_123);
  expect((await broker.admin.listGroups()).groups).toEqual([]);
});

test("headers of any name keep their order; the time of a topic that has its broker's is that", async () => {
  const topic = await fresh(1, { 'message.timestamp.type': 'LogAppendTime' });
  const producer = await broker.producer();
  await collector.attach(broker.port, topic);
  const headers = Object.fromEntries([
    ['constructor', 'c'],
    ['__proto__', 'p'],
    ['toString', ['a', 'b']],
    ['', 'none'],
    ['bytes', Buffer.from([255])],
  ]);
  const [before_ms] = [
    Date.now(),
    await producer.send({
      topic,
      messages: [
        { value: 'old', headers, timestamp: '1' },
        { value: 'older', timestamp: '2' },
      ],
    }),
  ];
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2 });
  expect(collector.events()[0]!.headers).toBe(
    '{"constructor":"c","__proto__":"p","toString":["a","b"],"":"none","bytes":{"base64":"/w=="}}',
  );
  for (const { timestamp_ms } of collector.events()) expect(timestamp_ms).toBeGreaterThanOrEqual(before_ms);
});

test('values whose schema the registry did not give are events, and a gap: nobody knows what they hold', async () => {
  const topic = await fresh();
  const producer = await broker.producer();
  await collector.attach(broker.port, topic, { decoder: { kind: 'avro', registry: 'http://127.0.0.1:1' } });
  await producer.send({ topic, messages: [{ value: Buffer.from([0, 0, 0, 0, 1, 2]) }, { value: Buffer.from([0, 0, 0, 0, 1, 4]) }] });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2 });
  const reason = expect.stringContaining('cannot be decoded by schema 1 of 127.0.0.1:1') as string;
  expect(collector.data()).toMatchObject([{ decode_error: reason }, { decode_error: reason }]);
  expect(collector.gaps()).toMatchObject([{ lost: null, reason }]);
});

test('a topic that is not there says nothing; when it comes, it is read from its first message, and so are partitions that are added', async () => {
  const topic = `t${++topics}`;
  await collector.attach(broker.port, topic);
  expect(await collector.barrier()).toMatchObject({ type: 'complete', data: JSON.stringify({ vacuous: `topic ${topic} does not exist` }) });
  await broker.topic(topic, 1);
  const producer = await broker.producer();
  await producer.send({ topic, messages: [{ value: 'first' }] });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1, data: null });
  await broker.admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  // A plain producer sends a message again when its partition is not ready yet.
  const informed = await broker.producer({ idempotent: true, maxInFlightRequests: 1 });
  await informed.send({
    topic,
    messages: [
      { partition: 2, value: 'second' },
      { partition: 1, value: 'third' },
    ],
  });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 3 });
  expect(values().sort()).toEqual(['first', 'second', 'third']);
});

test('transactions: what is committed, in every order with markers and aborted messages, and no barrier is complete before an open one ends', async () => {
  const topic = await fresh();
  await collector.attach(broker.port, topic);
  const plain = await broker.producer();
  const transactional = await broker.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  const send = async (value: string) => {
    const transaction = await transactional.transaction();
    await transaction.send({ topic, messages: [{ value }] });
    return transaction;
  };
  await (await send('committed')).commit();
  await (await send('aborted')).abort();
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  const open = await send('late');
  await plain.send({ topic, messages: [{ value: 'plain' }] });
  expect(await collector.barrier({ within_ms: 400 })).toMatchObject({
    type: 'incomplete',
    lost: null,
    reason: expect.stringContaining('a transaction is open in partition 0 at offset 4'),
  });
  const waiting = collector.barrier();
  await open.commit();
  expect(await waiting).toMatchObject({ type: 'complete', position: 3 });
  expect(values()).toEqual(['committed', 'late', 'plain']);
  // What made them visible: the mark of their transaction, or their own batch.
  expect(collector.events().map((e) => [e.offset, e.batch_offset])).toEqual([
    [0, 1],
    [4, 6],
    [5, 5],
  ]);
  expect(collector.gaps()).toEqual([]);
});

test('read_uncommitted sees aborted and open messages at once', async () => {
  const topic = await fresh();
  await collector.attach(broker.port, topic, { read_uncommitted: true });
  const transactional = await broker.producer({ transactionalId: topic, idempotent: true, maxInFlightRequests: 1 });
  const transaction = await transactional.transaction();
  await transaction.send({ topic, messages: [{ value: 'open' }] });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  await transaction.abort();
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  expect(values()).toEqual(['open']);
});

test.each(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'])('batches that the broker compresses: %s', async (name) => {
  const topic = await fresh(1, { 'compression.type': name });
  await collector.attach(broker.port, topic);
  const producer = await broker.producer();
  const sent = upTo(500).map((i) => `${i} ${'lorem ipsum '.repeat(20)}`);
  await producer.send({ topic, messages: sent.map((value) => ({ value })) });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 500 });
  expect(values()).toEqual(sent);
});

test('what is deleted before it is read is a gap with its count; a topic that is deleted is one without', async () => {
  const topic = await fresh();
  await collector.attach(broker.port, topic);
  const producer = await broker.producer();
  collector.process.kill('SIGSTOP');
  await producer.send({ topic, messages: upTo(10).map((i) => ({ value: String(i) })) });
  await broker.admin.fetchTopicOffsets(topic);
  await broker.admin
    .deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '7' }] })
    .finally(() => collector.process.kill('SIGCONT'));
  await collector.barrier();
  // A fetch that was on its way when the collector was stopped may have brought all ten.
  const lost = collector.gaps().map((g) => g.lost);
  expect(values()).toEqual(lost.length === 0 ? upTo(10).map(String) : ['7', '8', '9']);
  expect(lost).toEqual(lost.length === 0 ? [] : [7]);
  await broker.admin.deleteTopics({ topics: [topic] });
  await collector.barrier();
  expect(collector.gaps().at(-1)).toMatchObject({ lost: null, reason: expect.stringContaining('was deleted') });
});

test('a topic that is deleted and made anew with more than was read is a gap', async () => {
  const topic = await fresh();
  await collector.attach(broker.port, topic);
  const producer = await broker.producer();
  await producer.send({ topic, messages: upTo(3).map((n) => ({ value: String(n) })) });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 3 });
  collector.process.kill('SIGSTOP');
  try {
    await broker.admin.deleteTopics({ topics: [topic] });
    await broker.topic(topic);
    const again = await broker.producer({ idempotent: true, maxInFlightRequests: 1 });
    await again.send({ topic, messages: upTo(8).map((n) => ({ value: `new ${n}` })) });
  } finally {
    collector.process.kill('SIGCONT');
  }
  await collector.barrier();
  expect(values()).toContain('new 7');
  expect(collector.gaps().map((g) => g.reason)).toContainEqual(expect.stringContaining('made anew'));
});

test('what a compacted topic overwrote before it was read is a gap with its count', async () => {
  const topic = await fresh(1, { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.01', 'segment.bytes': String(1 << 20) });
  await broker.cleanEvery_ms(100);
  await collector.attach(broker.port, topic);
  const producer = await broker.producer();
  collector.process.kill('SIGSTOP');
  try {
    for (const n of upTo(10)) await producer.send({ topic, messages: [{ key: 'k', value: `${n} ${'x'.repeat(400_000)}` }] });
    await broker.until(topic, (offsets) => !offsets.includes(1));
  } finally {
    collector.process.kill('SIGCONT');
  }
  expect(await collector.barrier()).toMatchObject({ type: 'complete' });
  const seen = collector.events().map((e) => e.offset);
  const lost = collector.gaps().map((g) => Number(g.lost));
  expect(seen).not.toContain(1);
  expect(seen.at(-1)).toBe(9);
  expect(lost.reduce((a, b) => a + b, seen.length)).toBe(10);
  expect(collector.gaps()[0]!.reason).toContain('were compacted away before they were read');
});

test('a broker that is killed and started again in mid-test: nothing is lost, nothing comes twice', async () => {
  const topic = await fresh(2);
  await collector.attach(broker.port, topic);
  const producer = await broker.producer({ idempotent: true, maxInFlightRequests: 1 });
  const send = (from: number, to: number) =>
    producer.send({ topic, messages: upTo(to - from).map((i) => ({ partition: i % 2, value: String(from + i) })) });
  await send(0, 1000);
  const restarted = broker.crash();
  expect(await collector.barrier({ within_ms: 300 })).toMatchObject({
    type: 'incomplete',
    reason: expect.stringContaining('the broker does not answer'),
  });
  await Promise.all([send(1000, 2000), restarted]);
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2000 });
  expect(
    values()
      .map(Number)
      .sort((a, b) => a - b),
  ).toEqual(upTo(2000));
  expect(collector.gaps()).toEqual([]);
});

test('a collector that is killed leaves each message once, up to some message', async () => {
  for (const after of [0, 300, 2000]) {
    const topic = await fresh();
    const doomed = new TestCollector(`dead${after}`);
    await doomed.attach(broker.port, topic);
    const producer = await broker.producer();
    const sent = (async () => {
      for (let n = 0; n < 4000; n += 50) await producer.send({ topic, messages: upTo(50).map((i) => ({ value: String(n + i) })) });
    })();
    while (doomed.events().length < after) await new Promise((resolve) => setTimeout(resolve, 1));
    doomed.process.kill('SIGKILL');
    await sent;
    const events = doomed.events();
    expect(events.map((e) => (JSON.parse(e.data!) as { value: string }).value)).toEqual(upTo(events.length).map(String));
    expect(events.map((e) => e.position)).toEqual(upTo(events.length).map((i) => i + 1));
    expect(events.length).toBeGreaterThanOrEqual(after);
    await doomed.end();
  }
});
