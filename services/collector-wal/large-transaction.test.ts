import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { TestCollector } from './testing/collector.ts';
import { TestServer } from './testing/server.ts';

const rows = 1_000_000;
/** The events of the transaction alone are more. */
const limit_bytes = 320 << 20;

test('a transaction of a million rows goes through in bounded memory, each row once and in order', async () => {
  const server = await TestServer.start();
  const collector = new TestCollector();
  try {
    await server.run('CREATE TABLE numbers (n int PRIMARY KEY, filler text)');
    expect(await collector.attach(server.port, ['numbers'])).toMatchObject({ done: expect.any(Number) });
    await server.run(`INSERT INTO numbers SELECT i, repeat('x', 150) FROM generate_series(1, ${rows}) i`);
    let proven = await collector.barrier();
    while (proven.type !== 'complete') proven = await collector.barrier();
    expect(proven).toMatchObject({ position: rows, lost: 0 });
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${collector.process.pid}/status`, 'utf8'));
    expect(Number(peak![1]) * 1024).toBeLessThan(limit_bytes);
    let next = 1;
    for (const record of collector.records()) {
      if (record.type !== 'wal') continue;
      if (record.position !== next || !record.data!.includes(`"n":${next},`)) expect(record).toMatchObject({ position: next });
      next++;
    }
    expect(next).toBe(rows + 1);
  } finally {
    await collector.end();
    await server.stop();
  }
});
