import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeRecords } from '../../schemas/codec.ts';
import { CrowdedWriter } from '../collector/testing/crowded-writer.ts';
import { Publisher } from '../collector/publisher.ts';
import { WalSource } from './source.ts';
import { TestServer } from './testing/server.ts';

const rows = 20_000;
const rowBytes = 2000;

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.stop());

test('while the bus is crowded the changes wait in the server; afterwards each comes once', async () => {
  const writer = new CrowdedWriter();
  const publisher = new Publisher('wal', writer);
  const target = { service: 'db', port: server.port, database: 'postgres', user: 'postgres', password: '', run: 'r' };
  const source = new WalSource({ run: 'r', test: 't', source: 'wal/db', service: 'db' }, target, ['t'], publisher);
  await source.attach();
  await server.run(
    'CREATE TABLE t (n int PRIMARY KEY, filler text)',
    `INSERT INTO t SELECT n, repeat('x', ${rowBytes}) FROM generate_series(1, ${rows}) n`,
  );
  const received = () => writer.blocks.reduce((sum, block) => sum + block.length, 0);
  while (!(await blocked()) && received() < rows * rowBytes) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(received()).toBeGreaterThan(0);
  expect(received()).toBeLessThan((rows * rowBytes) / 20);
  writer.release();
  await source.barrier(1, { deadline_ms: performance.now() + 60_000, how: 'mark' });
  publisher.flush();
  const records = writer.blocks.flatMap((block) => decodeRecords('wal', block));
  expect(records.at(-1)).toMatchObject({ type: 'complete', position: rows });
  const read = records.filter((r) => r.type === 'wal').map((r) => (JSON.parse(r.data!) as { new: { n: number } }).new.n);
  expect(read).toEqual(Array.from({ length: rows }, (_, i) => i + 1));
  await source.detach();
});

/** Whether the server waits for us to take what it sends. */
async function blocked(): Promise<boolean> {
  return (
    (await server.run("SELECT 1 FROM pg_stat_activity WHERE backend_type = 'walsender' AND wait_event = 'WalSenderWriteData'")).length > 0
  );
}
