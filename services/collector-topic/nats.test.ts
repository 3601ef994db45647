import { headers, RetentionPolicy, type JetStreamManager } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestCollector } from './testing/collector.ts';
import { TestNats } from './testing/nats-server.ts';

let server: TestNats;
let collector: TestCollector;
beforeAll(async () => {
  server = await TestNats.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  collector = new TestCollector();
});
afterEach(() => collector.end());

const attach = (subject: string) => collector.attach(server.port, subject, { protocol: 'nats' });
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

test('a subject without a stream: what was published before the barrier, with headers; a broken connection is a gap', async () => {
  await attach('core.>');
  const { connection, close } = await server.client();
  const own = headers();
  own.append('a', '1');
  own.append('a', '2');
  for (const i of upTo(5000)) connection.publish(`core.${i}`, JSON.stringify({ i }), { headers: own });
  await connection.flush();
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 5000, lost: 0 });
  expect(collector.data()).toEqual(upTo(5000).map((i) => ({ i })));
  expect(collector.events()[7]).toMatchObject({ topic: 'core.7', headers: '{"a":["1","2"]}', partition: null, offset: null });
  await close();
  await server.crash();
  expect(await collector.barrier()).toMatchObject({ type: 'complete' });
  expect(collector.gaps()).toMatchObject([{ lost: null, reason: expect.stringContaining('the connection to the server broke') }]);
});

test('a subject that a stream keeps: each message with its sequence, none lost and none twice over a restart of the server', async () => {
  const { connection, close } = await server.client();
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: 'EV', subjects: ['ev.>'] });
  const stream = connection.jetstream();
  await stream.publish('ev.a', 'before');
  await attach('ev.a');
  for (const i of upTo(200)) await stream.publish(i % 2 === 0 ? 'ev.a' : 'ev.b', String(i));
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 100 });
  await close();
  await server.crash();
  const after = await server.client();
  for (const i of upTo(100)) await after.connection.jetstream().publish('ev.a', String(200 + 2 * i));
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 200 });
  expect(collector.data()).toEqual(upTo(200).map((i) => ({ value: String(2 * i) })));
  expect(collector.events()[0]).toMatchObject({ topic: 'ev.a', offset: 2, timestamp_ms: expect.any(Number) });
  expect(collector.gaps()).toEqual([]);
  expect((await (await after.connection.jetstreamManager()).streams.info('EV')).state.consumer_count).toBe(0);
  await after.close();
});

test('a stream whose end was lost in a crash is a gap, and read on from where it ends now', async () => {
  const { connection, close } = await server.client();
  await (await connection.jetstreamManager()).streams.add({ name: 'CUT', subjects: ['cut'] });
  await attach('cut');
  await connection.jetstream().publish('cut', '1');
  const copy = server.copyData();
  await connection.jetstream().publish('cut', 'lost');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2 });
  await close();
  await server.crash(copy);
  await collector.barrier();
  const after = await server.client();
  await after.connection.jetstream().publish('cut', 'in its place');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 3 });
  expect(collector.data().map((d) => d['value'])).toEqual(['1', 'lost', 'in its place']);
  expect(collector.gaps()).toMatchObject([
    { lost: null, reason: 'stream CUT ends at sequence 1 though it was read to 2: its end was lost' },
  ]);
  await after.close();
});

test('subjects of which a stream keeps some only: those that it does not keep are seen too', async () => {
  const { connection, close } = await server.client();
  await (await connection.jetstreamManager()).streams.add({ name: 'SOME', subjects: ['some.kept', 'some.*.too'] });
  await attach('some.>');
  for (const subject of ['some.kept', 'some.lost', 'some.a.too', 'some.a.b.too']) connection.publish(subject, subject);
  await connection.flush();
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 4 });
  expect(collector.data().map((d) => d['value'])).toEqual(['some.kept', 'some.lost', 'some.a.too', 'some.a.b.too']);
  await close();
});

test.each([RetentionPolicy.Interest, RetentionPolicy.Workqueue])(
  'a stream that keeps messages by %s only: they are seen though it has none',
  async (retention) => {
    const { connection, close } = await server.client();
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: retention, subjects: [`${retention}.>`], retention });
    await attach(`${retention}.>`);
    const { stream, seq } = await connection.jetstream().publish(`${retention}.a`, 'seen');
    if (retention === RetentionPolicy.Workqueue) await manager.streams.deleteMessage(stream, seq);
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
    expect(collector.data()).toEqual([{ value: 'seen' }]);
    expect(collector.gaps()).toEqual([]);
    await close();
  },
);

test('a stream that is altered to keep another subject is a gap', async () => {
  const { connection, close } = await server.client();
  const manager = await connection.jetstreamManager();
  await manager.streams.add({ name: 'ALTERED', subjects: ['altered.a'] });
  await attach('altered.a');
  await manager.streams.update('ALTERED', { subjects: ['altered.b'] });
  connection.publish('altered.a', 'missed');
  await connection.flush();
  await collector.barrier();
  expect(collector.gaps()).toMatchObject([
    { lost: null, reason: 'stream ALTERED was altered: it does not keep all of altered.a any more' },
  ]);
  await close();
});

describe('what is removed from a stream before it is read', () => {
  /** Publishes ten messages to `<stream>.a`, has some removed while the collector stands still, and tells the gaps that it reports. */
  async function removing(name: string, subject: string, remove: (manager: JetStreamManager) => Promise<unknown>) {
    const { connection, close } = await server.client();
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name, subjects: [`${name}.>`] });
    await attach(subject);
    collector.process.kill('SIGSTOP');
    try {
      for (const i of upTo(10)) await connection.jetstream().publish(`${name}.a`, String(i));
      await remove(manager);
    } finally {
      collector.process.kill('SIGCONT');
    }
    expect(await collector.barrier()).toMatchObject({ type: 'complete' });
    await close();
    return collector.gaps();
  }
  const seen = () => collector.data().map((d) => Number(d['value']));

  test('in the middle: a gap with its count', async () => {
    const gaps = await removing('MID', 'MID.>', async (manager) => {
      for (const seq of [4, 5, 7]) await manager.streams.deleteMessage('MID', seq);
    });
    expect(seen()).toEqual([0, 1, 2, 5, 7, 8, 9]);
    expect(gaps).toMatchObject([{ lost: 3, reason: '3 of the sequences 1 to 10 of stream MID were removed before they were read' }]);
  });

  test('at its begin and at its end', async () => {
    const gaps = await removing('ENDS', 'ENDS.>', async (manager) => {
      await manager.streams.purge('ENDS', { seq: 4 });
      await manager.streams.deleteMessage('ENDS', 10);
    });
    expect(seen()).toEqual([3, 4, 5, 6, 7, 8]);
    expect(gaps.reduce((sum, g) => sum + Number(g.lost), 0)).toBe(4);
  });

  test('where a stream keeps other subjects too, nobody knows whose it was', async () => {
    const gaps = await removing('MIX', 'MIX.a', (manager) => manager.streams.deleteMessage('MIX', 5));
    expect(gaps).toMatchObject([{ lost: null, reason: expect.stringContaining('1 of the sequences 1 to 10 of stream MIX') }]);
  });

  test('what was read before it was removed is none, a stream that is made anew is one', async () => {
    const { connection, close } = await server.client();
    const manager = await connection.jetstreamManager();
    await manager.streams.add({ name: 'NEW', subjects: ['NEW.>'] });
    await attach('NEW.>');
    for (const i of upTo(5)) await connection.jetstream().publish('NEW.a', String(i));
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 5 });
    await manager.streams.deleteMessage('NEW', 3);
    await connection.jetstream().publish('NEW.a', '5');
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 6 });
    expect(collector.gaps()).toEqual([]);
    await manager.streams.delete('NEW');
    await manager.streams.add({ name: 'NEW', subjects: ['NEW.>'] });
    for (const i of upTo(10)) await connection.jetstream().publish('NEW.a', String(6 + i));
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 16 });
    expect(seen()).toEqual(upTo(16));
    expect(collector.gaps()).toMatchObject([{ lost: null, reason: expect.stringContaining('made anew') }]);
    await close();
  });
});
