import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scalars } from './change/value.ts';
import { TestCollector } from './testing/collector.ts';
import { TestServer } from './testing/server.ts';
import { serverVersions } from './testing/servers.ts';

const { versions, release } = serverVersions();
afterAll(release);

describe.each(versions)('PostgreSQL of $name', ({ bin }) => {
  let server: TestServer;
  let collector: TestCollector;
  beforeAll(async () => {
    server = await TestServer.start(bin);
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    collector = new TestCollector();
  });
  afterEach(async () => {
    await collector.end();
    expect(await server.run('SELECT slot_name FROM pg_replication_slots')).toEqual([]);
    expect(await server.run('SELECT pubname FROM pg_publication')).toEqual([]);
    expect(
      await server.run("SELECT evtname FROM pg_event_trigger UNION ALL SELECT proname FROM pg_proc WHERE proname LIKE 'faultbox%'"),
    ).toEqual([]);
    await server.run(
      "SET lock_timeout = '5s'",
      `DO $$ DECLARE t text; BEGIN FOR t IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname !~ '^pg_|^information' LOOP EXECUTE 'DROP TABLE IF EXISTS ' || t || ' CASCADE'; END LOOP; END $$`,
    );
  });

  test('rows of committed transactions come in commit order, with their typed columns', async () => {
    expect(await collector.attach(server.port, ['orders'])).toMatchObject({ done: expect.any(Number) });
    const slow = await server.client();
    await server.run('CREATE TABLE orders (id int8 PRIMARY KEY, item text)', 'CREATE TABLE other (id int PRIMARY KEY)');
    await slow.query("BEGIN; INSERT INTO orders VALUES (9007199254740993, 'first to begin')");
    await server.run(
      "INSERT INTO orders VALUES (2, 'first to commit')",
      'INSERT INTO other VALUES (1)',
      "BEGIN; INSERT INTO orders VALUES (3, 'never'); ROLLBACK",
    );
    await slow.query('COMMIT');
    await slow.end();
    await server.run(
      "UPDATE orders SET item = 'changed' WHERE id = 2",
      'UPDATE orders SET id = 4 WHERE id = 2',
      'DELETE FROM orders WHERE id = 4',
      'TRUNCATE orders',
    );
    expect(await collector.barrier()).toMatchObject({ type: 'complete', lost: 0, position: 6, data: null });
    const rows = collector.rows();
    expect(rows.map((r) => [r.action, r.new, r.old])).toEqual([
      ['INSERT', { id: 2, item: 'first to commit' }, null],
      ['INSERT', expect.objectContaining({ item: 'first to begin' }), null],
      ['UPDATE', { id: 2, item: 'changed' }, null],
      ['UPDATE', { id: 4, item: 'changed' }, { id: 2 }],
      ['DELETE', null, { id: 4 }],
      ['TRUNCATE', null, null],
    ]);
    expect(rows[0]).toMatchObject({
      table: 'orders',
      schema: 'public',
      op: 'INSERT',
      lsn: expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/),
      xid: expect.any(Number),
      commit_ts: expect.stringMatching(/^2.*Z$/),
    });
    const records = collector.records().filter((r) => r.type === 'wal');
    expect(records[1]!.data).toContain('"id":9007199254740993,');
    for (const { committed_ns, sent_ns, at_ns } of records) expect(committed_ns! <= sent_ns! && sent_ns! < Number(at_ns) + 1e9).toBe(true);
  });

  test('each row knows where the commit record ends that it came with; those of a large transaction do not', async () => {
    await server.run('DROP TABLE IF EXISTS counted', 'CREATE TABLE counted (n int PRIMARY KEY)');
    await collector.attach(server.port, ['counted']);
    const inserts = [1, 2, 3].map((n) => `INSERT INTO counted VALUES (${n})`);
    await server.run(...inserts, 'INSERT INTO counted SELECT generate_series(4, 2000)', 'INSERT INTO counted VALUES (2001)');
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2001 });
    const records = collector.records().filter((r) => r.type === 'wal');
    const [small, large, last] = [records.slice(0, 3), records.slice(3, 2000), records[2000]!];
    expect(large.every((r) => r.commit_end_lsn === null)).toBe(true);
    const alone = [...small, last];
    for (const [i, { commit_lsn, commit_end_lsn }] of alone.entries()) {
      expect(Number(commit_end_lsn)).toBeGreaterThan(Number(commit_lsn));
      expect(Number(commit_end_lsn)).toBeLessThanOrEqual(Number(alone[i + 1]?.commit_lsn ?? Infinity));
    }
  });

  test('values keep their worth', async () => {
    await server.run(
      'DROP TYPE IF EXISTS mood, pair CASCADE',
      'DROP DOMAIN IF EXISTS positive',
      "CREATE TYPE mood AS ENUM ('sad', 'happy')",
      'CREATE TYPE pair AS (a int, b text)',
      'CREATE DOMAIN positive AS int CHECK (VALUE > 0)',
    );
    await server.run(
      'CREATE TABLE kinds (id int PRIMARY KEY, n numeric, nan numeric, f float8, inf float8, b bool, none text, t timestamptz, ts timestamp, j jsonb, raw json, bytes bytea, ints int[], grid text[], moods mood[], m mood, p pair, d positive, u uuid, r int4range, days positive[])',
    );
    await collector.attach(server.port, ['kinds']);
    await server.run(
      `SET timezone = 'Asia/Tokyo'; INSERT INTO kinds VALUES (1, 123456789012345678901234567890.10, 'NaN', 0.1, '-Infinity', true, NULL, '2026-01-02 03:04:05.678+00', '2026-01-02 03:04:05', '{"a": [1, 2.50]}', '{"a":1,  "a":2}', '\\xdeadbeef', '{1,NULL,3}', '{{a,"b c"},{"d\\"",NULL}}', '{sad,happy}', 'happy', '(1,x)', 7, '00000000-0000-0000-0000-000000000001', '[1,5)', '{5}')`,
    );
    await collector.barrier();
    const { data } = collector.records().find((r) => r.type === 'wal')!;
    expect(data).toContain('"n":123456789012345678901234567890.10,');
    expect(data).toContain('"j":{"a":[1,2.50]}');
    expect(collector.rows()[0]!.new).toEqual({
      id: 1,
      n: expect.anything(),
      nan: 'NaN',
      f: 0.1,
      inf: '-Infinity',
      b: true,
      none: null,
      t: '2026-01-02 03:04:05.678+00',
      ts: '2026-01-02 03:04:05',
      j: { a: [1, 2.5] },
      raw: { a: 2 },
      bytes: '\\xdeadbeef',
      ints: [1, null, 3],
      grid: [
        ['a', 'b c'],
        ['d"', null],
      ],
      moods: ['sad', 'happy'],
      m: 'happy',
      p: '(1,x)',
      d: 7,
      u: '00000000-0000-0000-0000-000000000001',
      r: '[1,5)',
      days: ['5'],
    });
  });

  test('a table without a key that comes later, or loses its key, is never refused an update: its rows count as a whole', async () => {
    await collector.attach(server.port, ['bare', 'stripped', 'copied']);
    await server.run(
      'CREATE TABLE bare (item text)',
      'CREATE TABLE stripped (id int CONSTRAINT stripped_key PRIMARY KEY, item text)',
      "INSERT INTO bare VALUES ('a'), ('a')",
      "INSERT INTO stripped VALUES (1, 'x')",
    );
    await server.run(
      'CREATE TABLE unrelated (item text)',
      "INSERT INTO unrelated VALUES ('u')",
      "UPDATE unrelated SET item = 'v'",
      'DELETE FROM unrelated',
    );
    await server.run(
      "UPDATE bare SET item = 'b'",
      'DELETE FROM bare',
      'ALTER TABLE stripped DROP CONSTRAINT stripped_key',
      "UPDATE stripped SET item = 'y'",
      'CREATE TABLE copied AS SELECT * FROM stripped',
      'DELETE FROM copied',
    );
    expect(await collector.barrier()).toMatchObject({ type: 'complete', lost: 0 });
    const of = (table: string) =>
      collector
        .rows()
        .filter((r) => r.table === table)
        .map((r) => [r.action, r.new, r.old]);
    const [a, b] = [{ item: 'a' }, { item: 'b' }];
    expect(of('bare')).toEqual([
      ['INSERT', a, null],
      ['INSERT', a, null],
      ['UPDATE', b, a],
      ['UPDATE', b, a],
      ['DELETE', null, b],
      ['DELETE', null, b],
    ]);
    expect(of('stripped')).toEqual([
      ['INSERT', { id: 1, item: 'x' }, null],
      ['UPDATE', { id: 1, item: 'y' }, { id: 1, item: 'x' }],
    ]);
    expect(of('copied')).toEqual([
      ['INSERT', { id: 1, item: 'y' }, null],
      ['DELETE', null, { id: 1, item: 'y' }],
    ]);
    expect(of('unrelated')).toEqual([]);
  });

  test('the types that are converted have the numbers that this server gives them', async () => {
    const rows = (await server.run('SELECT typname, oid::int, typarray::int FROM pg_type')) as Array<{
      typname: string;
      oid: number;
      typarray: number;
    }>;
    const byName = new Map(rows.map((r) => [r.typname, [r.oid, r.typarray]]));
    expect(Object.entries(scalars).map(([name, [oid, array]]) => [name, oid, array])).toEqual(
      Object.keys(scalars).map((name) => [name, ...byName.get(name)!]),
    );
    const separated = await server.run(
      "SELECT typname FROM pg_type WHERE oid < 16384 AND typarray <> 0 AND typtype IN ('b', 'r', 'm') AND typdelim = ','",
    );
    expect(separated.map((row) => row['typname']).filter((name) => !((name as string) in scalars))).toEqual([]);
  });

  test('what an update left as it was is named, and REPLICA IDENTITY FULL gives whole old rows', async () => {
    await server.run(
      'CREATE TABLE docs (id int PRIMARY KEY, body text, n int)',
      'ALTER TABLE docs ALTER body SET STORAGE EXTERNAL',
      "INSERT INTO docs VALUES (1, repeat('x', 9000), 1)",
    );
    await collector.attach(server.port, ['docs']);
    await server.run('UPDATE docs SET n = 2', 'ALTER TABLE docs REPLICA IDENTITY FULL', 'UPDATE docs SET n = 3', 'DELETE FROM docs');
    await collector.barrier();
    const body = 'x'.repeat(9000);
    expect(collector.rows().map((r) => [r.new, r.old, r['unchanged']])).toEqual([
      [{ id: 1, n: 2 }, null, ['body']],
      [{ id: 1, body, n: 3 }, { id: 1, body, n: 2 }, undefined],
      [null, { id: 1, body, n: 3 }, undefined],
    ]);
  });

  test('several schemas, partitions, tables altered in mid-stream, logical messages', async () => {
    await server.run(
      'CREATE SCHEMA IF NOT EXISTS billing',
      'CREATE TABLE billing.invoices (id int PRIMARY KEY)',
      'CREATE TABLE invoices (id int PRIMARY KEY)',
    );
    await collector.attach(server.port, ['billing.invoices', 'measures']);
    await server.run(
      'CREATE TABLE measures (id int, day date, PRIMARY KEY (id, day)) PARTITION BY RANGE (day)',
      "CREATE TABLE measures_26 PARTITION OF measures FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
    );
    await server.run(
      'INSERT INTO billing.invoices VALUES (1)',
      'INSERT INTO invoices VALUES (2)',
      "INSERT INTO measures VALUES (1, '2026-05-05')",
    );
    await server.run(
      'ALTER TABLE billing.invoices ADD total numeric DEFAULT 1.0',
      'INSERT INTO billing.invoices VALUES (3)',
      'ALTER TABLE billing.invoices RENAME total TO sum',
      'INSERT INTO billing.invoices VALUES (4)',
    );
    await server.run(
      "SELECT pg_logical_emit_message(true, 'app', 'hello')",
      "SELECT pg_logical_emit_message(false, 'app', '\\xff'::bytea)",
    );
    await collector.barrier();
    expect(
      collector
        .rows()
        .map((r) =>
          r.action === 'MESSAGE' ? [r['prefix'], r['content'], r['transactional'], r['xid'] === null] : [r.schema, r.table, r.new],
        ),
    ).toEqual([
      ['billing', 'invoices', { id: 1 }],
      ['public', 'measures', { id: 1, day: '2026-05-05' }],
      ['billing', 'invoices', { id: 3, total: 1 }],
      ['billing', 'invoices', { id: 4, sum: 1 }],
      ['app', 'hello', true, false],
      ['app', '\\xff', false, true],
    ]);
  });

  test("a barrier that may write nothing is answered too, an open transaction is in nobody's way, and a table that is not there says nothing", async () => {
    await collector.attach(server.port, ['orders', 'ghosts']);
    await server.run('CREATE TABLE orders (id int PRIMARY KEY)');
    expect(await collector.barrier({ faulted: ['db'] })).toMatchObject({ type: 'complete' });
    const open = await server.client();
    await open.query('BEGIN; INSERT INTO orders VALUES (1)');
    expect(await collector.barrier({ faulted: ['db'] })).toMatchObject({ type: 'complete' });
    await server.run('INSERT INTO orders VALUES (2)');
    const marks = async () => Number((await server.run("SELECT pg_current_wal_insert_lsn() - '0/0' AS n"))[0]!['n']);
    const before = await marks();
    expect(await collector.barrier({ reason: 'flow' })).toMatchObject({
      type: 'complete',
      position: 1,
      reason: expect.stringMatching(/^read to/),
    });
    expect(await collector.barrier({ reason: 'flow' })).toMatchObject({
      type: 'complete',
      reason: 'no transaction has ended since the last proof',
    });
    expect(await collector.barrier({ faulted: ['db'] })).toMatchObject({
      type: 'complete',
      data: '{"vacuous":"the table public.ghosts does not exist"}',
    });
    expect(await marks()).toBe(before);
    await open.query('COMMIT');
    await open.end();
    expect(await collector.barrier({ faulted: ['other'] })).toMatchObject({
      type: 'complete',
      position: 2,
      reason: expect.stringMatching(/^read to a mark/),
    });
  });
});
