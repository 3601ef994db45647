import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestCollector } from './testing/collector.ts';
import { TestServer } from './testing/server.ts';
import { serverVersions } from './testing/servers.ts';

const { versions, release } = serverVersions();
afterAll(release);
let runs = 0;

/** What migrations do while the stream runs. */
describe.each(versions)('tables that change in mid-stream, PostgreSQL of $name', ({ bin }) => {
  let server: TestServer;
  let collector: TestCollector;
  beforeAll(async () => {
    server = await TestServer.start(bin);
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    collector = new TestCollector(`altered${++runs}`);
  });
  afterEach(() => collector.end());

  /** The action, new and old row of each change, told by table. */
  const seen = async () => {
    expect(await collector.barrier()).toMatchObject({ type: 'complete', lost: 0 });
    return collector.rows().map((r) => [`${r.schema}.${r.table}`, r.action, r.new, r.old]);
  };

  test('a partitioned table that is made, gets partitions, moves rows between them, is emptied: all of it under its own name', async () => {
    expect(await collector.attach(server.port, ['audit.measures'])).toMatchObject({ done: expect.any(Number) });
    await server.run(
      'CREATE SCHEMA audit',
      'CREATE TABLE audit.measures (id int, year int, PRIMARY KEY (id, year)) PARTITION BY LIST (year)',
      'CREATE TABLE audit.y26 PARTITION OF audit.measures FOR VALUES IN (2026)',
      'INSERT INTO audit.measures VALUES (1, 2026)',
      'CREATE TABLE audit.y27 (id int, year int, PRIMARY KEY (id, year)) PARTITION BY LIST (id)',
      'CREATE TABLE audit.y27_odd PARTITION OF audit.y27 DEFAULT',
      'INSERT INTO audit.y27 VALUES (5, 2027)',
      'ALTER TABLE audit.measures ATTACH PARTITION audit.y27 FOR VALUES IN (2027)',
      'INSERT INTO audit.measures VALUES (2, 2027)',
      'INSERT INTO audit.y27_odd VALUES (3, 2027)',
      'UPDATE audit.measures SET year = 2027 WHERE id = 1',
      'DELETE FROM audit.measures WHERE id = 2',
      'TRUNCATE audit.measures',
      'ALTER TABLE audit.measures DETACH PARTITION audit.y26',
      'INSERT INTO audit.y26 VALUES (9, 2026)',
      'INSERT INTO audit.measures VALUES (4, 2027)',
    );
    const table = 'audit.measures';
    expect(await seen()).toEqual([
      [table, 'INSERT', { id: 1, year: 2026 }, null],
      [table, 'INSERT', { id: 2, year: 2027 }, null],
      [table, 'INSERT', { id: 3, year: 2027 }, null],
      [table, 'DELETE', null, { id: 1, year: 2026 }],
      [table, 'INSERT', { id: 1, year: 2027 }, null],
      [table, 'DELETE', null, { id: 2, year: 2027 }],
      [table, 'TRUNCATE', null, null],
      [table, 'INSERT', { id: 4, year: 2027 }, null],
    ]);
  });

  test('rows of a partitioned table without a key are told by the keys of its partitions', async () => {
    await server.run(
      'CREATE TABLE shards (id int, part int, note text) PARTITION BY LIST (part)',
      'CREATE TABLE shard PARTITION OF shards (PRIMARY KEY (id)) FOR VALUES IN (1)',
    );
    expect(await collector.attach(server.port, ['shards'])).toMatchObject({ done: expect.any(Number) });
    await server.run("INSERT INTO shards VALUES (5, 1, 'x')", 'UPDATE shards SET id = 6', 'DELETE FROM shards');
    expect((await seen()).slice(1)).toEqual([
      ['public.shards', 'UPDATE', { id: 6, part: 1, note: 'x' }, { id: 5 }],
      ['public.shards', 'DELETE', null, { id: 6 }],
    ]);
  });

  test("a table that was unlogged or a partition for a time proves nothing: rows came that are in no log, or counted as another table's", async () => {
    const during: ReadonlyArray<readonly [table: string, ...string[]]> = [
      ['loaded', 'CREATE UNLOGGED TABLE loaded (id int PRIMARY KEY)', 'INSERT INTO loaded VALUES (1)', 'ALTER TABLE loaded SET LOGGED'],
      [
        'lent',
        'ALTER TABLE lender ATTACH PARTITION lent DEFAULT',
        'INSERT INTO lender VALUES (1)',
        'ALTER TABLE lender DETACH PARTITION lent',
      ],
    ];
    await server.run('CREATE TABLE lender (id int PRIMARY KEY) PARTITION BY LIST (id)', 'CREATE TABLE lent (id int PRIMARY KEY)');
    for (const [table, ...sql] of during) {
      await collector.attach(server.port, [table], {}, table);
      await server.run(...sql);
      expect(await collector.barrier({ test: table })).toMatchObject({
        type: 'incomplete',
        reason: `public.${table} was unlogged, or a partition, for a time: what changed in it then is not known`,
      });
      await collector.detach(table);
    }
    await collector.attach(server.port, []);
    await server.run('CREATE UNLOGGED TABLE filled (id int PRIMARY KEY)', 'INSERT INTO filled VALUES (1)', 'ALTER TABLE filled SET LOGGED');
    expect(await collector.barrier()).toMatchObject({
      type: 'complete',
      data: expect.stringContaining('"sampled":"changes of public.filled are in no log'),
    });
  });

  test('an unlogged partition of a table that is named', async () => {
    await server.run('CREATE TABLE split (id int) PARTITION BY LIST (id)');
    await collector.attach(server.port, ['split']);
    await server.run('CREATE UNLOGGED TABLE half PARTITION OF split DEFAULT', 'INSERT INTO split VALUES (1)');
    expect(await collector.barrier()).toMatchObject({
      type: 'incomplete',
      reason: 'public.half, a partition of public.split, is unlogged: its changes are in no log',
    });
  });

  test('columns that are added, renamed, retyped and dropped, within a transaction too', async () => {
    await server.run('CREATE TABLE goods (id int PRIMARY KEY, price text)');
    expect(await collector.attach(server.port, ['goods'])).toMatchObject({ done: expect.any(Number) });
    await server.run(
      "INSERT INTO goods VALUES (1, '10')",
      'ALTER TABLE goods ALTER price TYPE numeric USING price::numeric',
      'UPDATE goods SET price = 10.50 WHERE id = 1',
      "BEGIN; ALTER TABLE goods ADD tags text[] DEFAULT '{}'; INSERT INTO goods VALUES (2, 2, '{a,b}'); ALTER TABLE goods DROP price; INSERT INTO goods VALUES (3, '{}'); COMMIT",
      'BEGIN; ALTER TABLE goods RENAME tags TO labels; INSERT INTO goods VALUES (4, NULL); ROLLBACK',
      'ALTER TABLE goods REPLICA IDENTITY FULL',
      "UPDATE goods SET tags = '{c}' WHERE id = 3",
    );
    const table = 'public.goods';
    expect(await seen()).toEqual([
      // Retyping rewrites the table, which is no change of a row.
      [table, 'INSERT', { id: 1, price: '10' }, null],
      [table, 'UPDATE', { id: 1, price: 10.5 }, null],
      [table, 'INSERT', { id: 2, price: 2, tags: ['a', 'b'] }, null],
      [table, 'INSERT', { id: 3, tags: [] }, null],
      [table, 'UPDATE', { id: 3, tags: ['c'] }, { id: 3, tags: [] }],
    ]);
    expect(collector.records().find((r) => r.action === 'UPDATE')!.data).toContain('"price":10.50');
  });

  test('types that are made and extended in mid-stream: enums, composites, their arrays', async () => {
    expect(await collector.attach(server.port, ['moods'])).toMatchObject({ done: expect.any(Number) });
    await server.run(
      "CREATE TYPE mood AS ENUM ('sad')",
      'CREATE TYPE pair AS (a int, b text)',
      'CREATE TABLE moods (id int PRIMARY KEY, m mood, ms mood[], p pair, ps pair[], raw bytea[])',
      "ALTER TYPE mood ADD VALUE 'happy'",
      `INSERT INTO moods VALUES (1, 'happy', '{sad,happy}', '(1,"x y")', ARRAY[(2,'z')::pair, NULL], ARRAY['\\x00ff'::bytea])`,
      'ALTER TYPE pair ADD ATTRIBUTE c bool',
      "UPDATE moods SET p = (3, 'y', true) WHERE id = 1",
    );
    const first = { id: 1, m: 'happy', ms: ['sad', 'happy'], p: '(1,"x y")', ps: ['(2,z)', null], raw: ['\\x00ff'] };
    expect(await seen()).toEqual([
      ['public.moods', 'INSERT', first, null],
      ['public.moods', 'UPDATE', { ...first, p: '(3,y,t)', ps: ['(2,z,)', null] }, null],
    ]);
  });

  test('several tables emptied by one statement, one of them not observed; rows of a savepoint that was rolled back', async () => {
    await server.run(
      'CREATE TABLE parent (id int PRIMARY KEY)',
      'CREATE TABLE child (id int PRIMARY KEY REFERENCES parent)',
      'CREATE TABLE unseen (id int PRIMARY KEY REFERENCES parent)',
    );
    expect(await collector.attach(server.port, ['parent', 'child'])).toMatchObject({ done: expect.any(Number) });
    await server.run(
      'BEGIN; INSERT INTO parent VALUES (1); SAVEPOINT s; INSERT INTO parent VALUES (2); ROLLBACK TO s; INSERT INTO child VALUES (1); COMMIT',
      'INSERT INTO unseen VALUES (1)',
      'TRUNCATE parent CASCADE',
    );
    const rows = await seen();
    expect(rows.slice(0, 2)).toEqual([
      ['public.parent', 'INSERT', { id: 1 }, null],
      ['public.child', 'INSERT', { id: 1 }, null],
    ]);
    expect(rows.slice(2).sort()).toEqual([
      ['public.child', 'TRUNCATE', null, null],
      ['public.parent', 'TRUNCATE', null, null],
    ]);
  });

  test('a table that is dropped and made anew is the same table by name', async () => {
    await server.run('CREATE TABLE again (id int PRIMARY KEY)');
    expect(await collector.attach(server.port, ['again'])).toMatchObject({ done: expect.any(Number) });
    await server.run(
      'INSERT INTO again VALUES (1)',
      'DROP TABLE again',
      'CREATE TABLE again (key text PRIMARY KEY)',
      "INSERT INTO again VALUES ('two')",
      'ALTER TABLE again RENAME TO other',
      "INSERT INTO other VALUES ('three')",
      'ALTER TABLE other RENAME TO again',
      "DELETE FROM again WHERE key = 'two'",
    );
    expect(await seen()).toEqual([
      ['public.again', 'INSERT', { id: 1 }, null],
      ['public.again', 'INSERT', { key: 'two' }, null],
      ['public.again', 'DELETE', null, { key: 'two' }],
    ]);
  });
});
