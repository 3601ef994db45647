import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import type { Client } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { randomOf, seed } from '../../test/crash/random.ts';
import { TestCollector } from './testing/collector.ts';
import { TestServer } from './testing/server.ts';

/** After how many rows the collector is killed. */
const random = randomOf('collector-wal');
const killedAfter = [0, ...Array.from({ length: Number(process.env['FAULTBOX_SOAK_KILLS'] ?? 2) }, () => Math.floor(random() * 4500))];

let server: TestServer;
let collector: TestCollector;
beforeAll(async () => {
  server = await TestServer.start();
  await server.run('CREATE TABLE numbers (n int PRIMARY KEY, filler text)');
});
afterAll(() => server.stop());
beforeEach(async () => {
  await server.run('TRUNCATE numbers');
  collector = new TestCollector();
  expect(await collector.attach(server.port, ['numbers'])).toMatchObject({ done: expect.any(Number) });
});
afterEach(() => collector.end());

const seen = () => collector.rows().map((r) => r.new!['n'] as number);
const upTo = (last: number) => Array.from({ length: last }, (_, i) => i + 1);
const cut = 'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL';

/** Inserts 1, 2, … one a transaction, some in large transactions, until `last`. */
async function count(client: Client, last: number): Promise<void> {
  for (let n = 1; n <= last;) {
    const size = n % 7 === 0 ? Math.min(400, last - n + 1) : 1;
    await client.query("INSERT INTO numbers SELECT i, repeat('x', 200) FROM generate_series($1::int, $2::int) i", [n, n + size - 1]);
    n += size;
  }
}

test('a stream that is cut again and again loses no row and doubles none', async () => {
  const client = await server.client();
  let counting = true;
  const counted = count(client, 20_000).finally(() => (counting = false));
  while (counting) await server.run(cut);
  await counted;
  await client.end();
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 20_000 });
  expect(seen()).toEqual(upTo(20_000));
});

test.each(['SIGINT', 'SIGQUIT'] as const)('a server that is restarted (%s) loses no row and doubles none', async (signal) => {
  await server.run('INSERT INTO numbers SELECT i FROM generate_series(1, 500) i');
  await server.restart(signal);
  await server.run('INSERT INTO numbers SELECT i FROM generate_series(501, 1000) i');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1000 });
  expect(seen()).toEqual(upTo(1000));
});

test('a slot that is dropped under the stream is a gap, and no barrier is complete any more', async () => {
  await server.run('INSERT INTO numbers VALUES (1)');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  await server.run(
    cut,
    'DO $$ BEGIN FOR k IN 1..200 LOOP BEGIN PERFORM pg_drop_replication_slot(slot_name) FROM pg_replication_slots; EXIT; EXCEPTION WHEN object_in_use THEN PERFORM pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE active_pid IS NOT NULL; PERFORM pg_sleep(0.001); END; END LOOP; END $$',
  );
  expect(await collector.barrier()).toMatchObject({
    type: 'incomplete',
    lost: null,
    reason: expect.stringContaining('the stream is broken'),
  });
  expect(collector.records().filter((r) => r.type === 'gap')).toHaveLength(1);
});

test(`a collector that is killed leaves each row once, up to some row, and what it left on the server goes with the next run (FAULTBOX_SEED=${seed})`, async () => {
  for (const [i, after] of killedAfter.entries()) {
    const run = `dead${i}`;
    const doomed = new TestCollector(run);
    await doomed.attach(server.port, ['numbers']);
    await server.run('DELETE FROM numbers');
    const begun = (await doomed.barrier()).position;
    const client = await server.client();
    const counted = count(client, 5000);
    while (doomed.records().filter((r) => r.type === 'wal').length < Number(begun) + after)
      await new Promise((resolve) => setTimeout(resolve, 1));
    doomed.process.kill('SIGKILL');
    await counted;
    await client.end();
    const rows = doomed
      .rows()
      .slice(Number(begun))
      .map((r) => r.new!['n'] as number);
    expect(rows).toEqual(upTo(rows.length));
    expect(rows.length).toBeGreaterThanOrEqual(after);
    expect(
      doomed
        .records()
        .filter((r) => r.type === 'wal')
        .map((r) => r.position),
    ).toEqual(upTo(Number(begun) + rows.length));
    await doomed.end();
    expect(await slotsOf(run)).toBe(1);
    const next = new TestCollector(`next${i}`);
    expect(await next.attach(server.port, ['numbers'])).toMatchObject({ done: expect.any(Number) });
    expect(await slotsOf(run)).toBe(0);
    await next.end();
    await server.run('DELETE FROM numbers');
  }
});

test("a live run's slot stays", async () => {
  const home = '/run/faultbox/alive01';
  const holder = await hold(home);
  const living = new TestCollector('alive01');
  await living.attach(server.port, ['numbers']);
  living.process.kill('SIGKILL');
  await living.end();
  const other = new TestCollector('other');
  await other.attach(server.port, ['numbers']);
  expect(await slotsOf('alive01')).toBe(1);
  await other.detach();
  holder.stdin.end();
  await new Promise((resolve) => holder.once('exit', resolve));
  rmSync(home, { recursive: true, force: true });
  await other.attach(server.port, ['numbers']);
  expect(await slotsOf('alive01')).toBe(0);
  await other.end();
});

/** Holds the lock of a run. A keeper of another test may take the folder away before it is locked: then again. */
async function hold(home: string) {
  for (;;) {
    mkdirSync(home, { recursive: true });
    const holder = spawn('flock', [`${home}/lock`, 'sh', '-c', 'echo held; read line'], { stdio: ['pipe', 'pipe', 'ignore'] });
    const held = new Promise<boolean>((resolve) => {
      holder.stdout.once('data', () => resolve(true));
      holder.once('exit', () => resolve(false));
    });
    if (await held) return holder;
  }
}

async function slotsOf(run: string): Promise<number> {
  return (await server.run(`SELECT slot_name FROM pg_replication_slots WHERE slot_name LIKE 'faultbox\\_%\\_${run}\\_%'`)).length;
}
