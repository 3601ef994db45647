import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { TestCollector } from './testing/collector.ts';
import { TestServer } from './testing/server.ts';

let server: TestServer;
let collector: TestCollector;
beforeAll(async () => {
  server = await TestServer.start('', ['max_replication_slots=1', 'max_wal_senders=4']);
});
afterAll(() => server.stop());
beforeEach(() => {
  collector = new TestCollector();
});
afterEach(async () => {
  await collector.end();
  expect(await server.run('SELECT slot_name FROM pg_replication_slots')).toEqual([]);
  expect(await server.run('SELECT pubname FROM pg_publication')).toEqual([]);
});

const refused = (code: string, ...words: string[]) => ({
  failed: expect.any(Number),
  code,
  message: expect.stringMatching(new RegExp(words.join('.*'))),
});

test('wal_level below logical names the setting', async () => {
  const replica = await TestServer.start('', ['wal_level=replica']);
  expect(await collector.attach(replica.port, [])).toMatchObject(refused('E_WAL_LEVEL', 'wal_level is "replica"', 'wal_level=logical'));
  await replica.stop();
});

test('no slot and no sender left name their settings', async () => {
  await collector.attach(server.port, [], {}, 'one');
  expect(await collector.attach(server.port, [], {}, 'two')).toMatchObject(refused('E_WAL_SLOTS', 'max_replication_slots'));
  const bare = await TestServer.start('', ['max_wal_senders=0']);
  expect(await collector.attach(bare.port, [])).toMatchObject(refused('E_WAL_SENDERS', 'max_wal_senders is 0'));
  await bare.stop();
});

test('a wrong user, password or database says how to give the right one, and no secret', async () => {
  await server.run(
    "CREATE ROLE guarded SUPERUSER LOGIN PASSWORD 'right'",
    "COPY (SELECT 'host all guarded 127.0.0.1/32 scram-sha-256' UNION ALL SELECT 'host all all 127.0.0.1/32 trust') TO PROGRAM 'cat > pg_hba.conf'",
    'SELECT pg_reload_conf()',
  );
  const wrong = await collector.attach(server.port, [], { user: 'guarded', password: 'wr0ng' });
  expect(wrong).toMatchObject(refused('E_WAL_LOGIN', '"guarded"', 'password='));
  expect(wrong['message']).not.toContain('wr0ng');
  expect(await collector.attach(server.port, [], { user: 'nobody_here' })).toMatchObject(refused('E_WAL_LOGIN', '"nobody_here"'));
  expect(await collector.attach(server.port, [], { database: 'lost' })).toMatchObject(refused('E_WAL_DATABASE', '"lost"', 'database='));
  expect(await collector.attach(server.port, [], { user: 'guarded', password: 'right' })).toMatchObject({ done: expect.any(Number) });
});

test('a server whose pg_hba.conf lets no connection in without TLS says which line it needs', async () => {
  const closed = await TestServer.start();
  await closed.run("COPY (SELECT 'hostssl all all 127.0.0.1/32 trust') TO PROGRAM 'cat > pg_hba.conf'", 'SELECT pg_reload_conf()');
  expect(await collector.attach(closed.port, [])).toMatchObject(
    refused('E_WAL_LOGIN', 'no encryption', 'without TLS', 'host postgres postgres 127.0.0.1/32'),
  );
  await closed.stop();
});

test('a login without rights is told which; one that replicates and owns its tables will do', async () => {
  await server.run(
    'CREATE ROLE plain LOGIN',
    'CREATE TABLE mine (id int PRIMARY KEY)',
    'CREATE TABLE theirs (id int PRIMARY KEY)',
    'ALTER TABLE mine OWNER TO plain',
  );
  expect(await collector.attach(server.port, ['mine'], { user: 'plain' })).toMatchObject(
    refused('E_WAL_RIGHTS', 'ALTER ROLE plain REPLICATION'),
  );
  await server.run('ALTER ROLE plain REPLICATION', 'GRANT CREATE ON DATABASE postgres TO plain');
  expect(await collector.attach(server.port, ['later'], { user: 'plain' })).toMatchObject(
    refused('E_WAL_RIGHTS', 'superuser', 'public.later is not there'),
  );
  expect(await collector.attach(server.port, ['theirs'], { user: 'plain' })).toMatchObject(refused('E_WAL_RIGHTS', 'own the tables'));
  expect(await collector.attach(server.port, ['mine'], { user: 'plain' })).toMatchObject({ done: expect.any(Number) });
  await server.run('INSERT INTO mine VALUES (1)', 'INSERT INTO theirs VALUES (1)');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  await server.run('DROP TABLE mine', 'CREATE TABLE mine (id int PRIMARY KEY)', 'INSERT INTO mine VALUES (2)');
  expect(await collector.barrier()).toMatchObject({
    type: 'incomplete',
    reason: expect.stringContaining('public.mine was made after the stream began'),
  });
});

test('tables that tell nothing, or would be hurt by being published, are refused', async () => {
  await server.run(
    'CREATE TABLE keyless (n int)',
    'CREATE VIEW look AS SELECT 1',
    'CREATE UNLOGGED TABLE quick (id int PRIMARY KEY)',
    'CREATE TABLE keyed (id int PRIMARY KEY)',
  );
  expect(await collector.attach(server.port, ['keyed', 'public.keyed'])).toMatchObject(
    refused('E_WAL_TABLES', 'public.keyed is named twice'),
  );
  expect(await collector.attach(server.port, ['look'])).toMatchObject(refused('E_WAL_TABLES', 'a view'));
  expect(await collector.attach(server.port, ['quick'])).toMatchObject(refused('E_WAL_TABLES', 'unlogged'));
  expect(await collector.attach(server.port, ['keyless'])).toMatchObject(
    refused('E_WAL_IDENTITY', 'no primary key', 'REPLICA IDENTITY FULL'),
  );
  expect(await collector.attach(server.port, [])).toMatchObject(refused('E_WAL_IDENTITY', 'public.keyless has no primary key'));
  expect(await collector.attach(server.port, ['keyed'])).toMatchObject({ done: expect.any(Number) });
  await server.run('INSERT INTO keyless VALUES (1)', 'UPDATE keyless SET n = 2');
  expect(await collector.barrier()).toMatchObject({ type: 'complete' });
});

test('a stream about all tables says which of them it cannot tell of', async () => {
  await server.run('DROP TABLE keyless');
  await collector.attach(server.port, []);
  await server.run('INSERT INTO quick VALUES (1)');
  expect(await collector.barrier()).toMatchObject({
    type: 'complete',
    position: 0,
    data: expect.stringContaining('"sampled":"changes of public.quick are in no log'),
  });
});

test('transactions that are open, prepared ones too, are named when they keep a stream from beginning', async () => {
  const busy = await TestServer.start('', ['max_prepared_transactions=1']);
  const open = await busy.client();
  await open.query('CREATE TABLE held (id int PRIMARY KEY)');
  await open.query("BEGIN; INSERT INTO held VALUES (1); PREPARE TRANSACTION 'two'");
  await open.query('BEGIN; INSERT INTO held VALUES (2)');
  expect(await collector.attach(busy.port, [])).toMatchObject(
    refused('E_WAL_OPEN', 'process [0-9]+ of postgres \\(idle in transaction\\)', "prepared transaction 'two'"),
  );
  expect(await busy.run('SELECT slot_name FROM pg_replication_slots')).toEqual([]);
  await open.end();
  await busy.stop();
});

test('a server that is not there is an answer, not a wait for ever', async () => {
  const gone = await TestServer.start();
  await collector.attach(gone.port, [], {}, 'gone');
  await gone.stop();
  expect(await collector.barrier({ test: 'gone', within_ms: 400 })).toMatchObject({
    type: 'incomplete',
    reason: expect.stringContaining('the stream was interrupted'),
  });
  await collector.detach('gone');
});
