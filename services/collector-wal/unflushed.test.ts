import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestCollector } from './testing/collector.ts';
import { TestServer } from './testing/server.ts';
import { serverVersions } from './testing/servers.ts';

const { versions, release } = serverVersions();
afterAll(release);

/** Commits return before they are flushed, and whoever would flush them later is stopped: what is unflushed stays so. */
const lazy = ['synchronous_commit=off', 'wal_writer_delay=10s', 'wal_writer_flush_after=0', 'autovacuum=off', 'checkpoint_timeout=1h'];

/** It comes a little later than the first login may. */
async function walWriterOf(server: TestServer): Promise<number> {
  for (;;) {
    const [row] = await server.run("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'");
    if (row) return row['pid'] as number;
  }
}

describe.each(versions)('asynchronous commits of PostgreSQL of $name', ({ bin }) => {
  let server: TestServer;
  let collector: TestCollector;
  let walWriter: number;
  beforeAll(async () => {
    server = await TestServer.start(bin, lazy);
    await server.run('CREATE TABLE t (n int PRIMARY KEY)');
    walWriter = await walWriterOf(server);
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    collector = new TestCollector();
  });
  afterEach(async () => {
    process.kill(walWriter, 'SIGCONT');
    await collector.end();
    await server.run('TRUNCATE t', 'CHECKPOINT');
  });

  /** A switch of the log's file flushes it, and writes no transaction. */
  const flush = () => server.run('SET synchronous_commit = on; SELECT pg_switch_wal()', 'CHECKPOINT');
  /** Stopped while it works, the writer would hold its locks. */
  const stopWalWriter = async () => {
    for (;;) {
      process.kill(walWriter, 'SIGSTOP');
      const [row] = await server.run(`SELECT wait_event FROM pg_stat_activity WHERE pid = ${walWriter}`);
      if (row!['wait_event'] === 'WalWriterMain') return;
      process.kill(walWriter, 'SIGCONT');
    }
  };
  const unflushed = { type: 'incomplete', reason: expect.stringContaining('not yet flushed') };
  const quick = { within_ms: 400 };

  test.each([
    ['a fault could strike the mark', { faulted: ['db'] }, async () => ({})],
    [
      'the server refuses the mark',
      {},
      async () => {
        await server.run(
          'DROP ROLE IF EXISTS modest',
          'CREATE ROLE modest SUPERUSER LOGIN',
          "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid::regprocedure FROM pg_proc WHERE proname = 'pg_logical_emit_message' LOOP EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', f); END LOOP; END $$",
          'ALTER ROLE modest NOSUPERUSER REPLICATION',
          'GRANT CREATE ON DATABASE postgres TO modest',
          'ALTER TABLE t OWNER TO modest',
        );
        return { user: 'modest' };
      },
    ],
  ] as const)('%s: no barrier is complete before what was committed is flushed', async (_, asked, login) => {
    expect(await collector.attach(server.port, ['t'], await login())).toMatchObject({ done: expect.any(Number) });
    expect(await collector.barrier({ ...asked })).toMatchObject({ type: 'complete', position: 0 });
    await stopWalWriter();
    await server.run('INSERT INTO t VALUES (1)');
    expect(await server.run('SELECT n FROM t')).toEqual([{ n: 1 }]);
    expect(await collector.barrier({ ...asked, ...quick })).toMatchObject(unflushed);
    expect(await collector.barrier({ ...asked, ...quick })).toMatchObject(unflushed);
    expect(await collector.barrier({ reason: 'flow', ...quick })).toMatchObject(unflushed);
    expect(collector.rows()).toEqual([]);
    await flush();
    expect(await collector.barrier({ ...asked })).toMatchObject({ type: 'complete', position: 1 });
    expect(collector.rows().map((r) => r.new)).toEqual([{ n: 1 }]);
  });

  test('a mark is flushed by itself, and with it what was committed before', async () => {
    await collector.attach(server.port, ['t']);
    await stopWalWriter();
    await server.run('INSERT INTO t VALUES (1)');
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1, reason: expect.stringMatching(/^read to a mark/) });
  });

  test('without a mark, a message outside of transactions that is not flushed is not taken as absent without saying so', async () => {
    await collector.attach(server.port, ['t']);
    expect(await collector.barrier({ faulted: ['db'] })).toMatchObject({ type: 'complete', data: null });
    await stopWalWriter();
    await server.run("SELECT pg_logical_emit_message(false, 'app', 'hello')");
    const answer = await collector.barrier({ faulted: ['db'], ...quick });
    expect([answer.position, answer.data]).toEqual([0, expect.stringContaining('"sampled":"messages outside of transactions')]);
    await flush();
    expect(await collector.barrier({ faulted: ['db'] })).toMatchObject({ type: 'complete', position: 1, data: null });
  });

  test('a log that ends with a page has been read to its end: the next page has no more than its header', async () => {
    const busy = await TestServer.start(bin, ['autovacuum=off']);
    await collector.attach(busy.port, ['t']);
    await busy.run('CREATE TABLE t (n int PRIMARY KEY)', 'INSERT INTO t VALUES (1)');
    const client = await busy.client();
    const placeInPage = async () =>
      Number((await client.query<{ n: string }>("SELECT (pg_current_wal_insert_lsn() - '0/0') % 8192 AS n")).rows[0]!.n);
    const emit = (bytes: number) => client.query("SELECT pg_logical_emit_message(false, 'app', repeat('x', $1))", [bytes]);
    // A message costs 24 bytes as a record, 5 for its length, 24 of its own, its prefix with a zero, and is aligned to 8.
    const around = 24 + 5 + 24 + 4;
    if (8192 - (await placeInPage()) < 1000) await emit(2000);
    await emit(8192 - (await placeInPage()) - around);
    expect(await placeInPage()).toBe(24);
    await client.end();
    const answer = await collector.barrier({ faulted: ['db'] });
    await busy.stop();
    expect(answer).toMatchObject({ type: 'complete', data: null, reason: expect.stringMatching(/^read to .*the end of the log$/) });
  });
});
