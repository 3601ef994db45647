import { headers } from 'nats';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
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
