import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestCollector } from './testing/collector.ts';
import { TestServer } from './testing/server.ts';
import { serverVersions } from './testing/servers.ts';

const { versions, release } = serverVersions();
afterAll(release);
let runs = 0;

/** PostgreSQL refuses UPDATE and DELETE on a published table that has nothing to tell its rows apart by: each statement below would reject. */
describe.each(versions)('a service is never refused an update because it is observed, PostgreSQL of $name', ({ name, bin }) => {
  let server: TestServer;
  let collector: TestCollector;
  beforeAll(async () => {
    server = await TestServer.start(bin);
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    collector = new TestCollector(`identity${++runs}`);
  });
  afterEach(() => collector.end());

  /** Rows that changed, old and new, of a table, when all of them are proven to be there. */
  const updates = async (table: string) => {
    expect(await collector.barrier()).toMatchObject({ type: 'complete', lost: 0 });
    return collector
      .rows()
      .filter((r) => r.table === table && r.action === 'UPDATE')
      .map((r) => [r.old, r.new]);
  };

  test('a key that is only checked at commit is none: such a table gets another identity when it comes, and is refused when it is there', async () => {
    await collector.attach(server.port, ['ranked']);
    await server.run(
      'CREATE TABLE ranked (place int PRIMARY KEY DEFERRABLE)',
      'INSERT INTO ranked VALUES (1), (2)',
      'UPDATE ranked SET place = 3 - place',
    );
    expect(await updates('ranked')).toEqual([
      [{ place: 1 }, { place: 2 }],
      [{ place: 2 }, { place: 1 }],
    ]);
    await collector.detach();
    await server.run('ALTER TABLE ranked REPLICA IDENTITY DEFAULT');
    const second = await collector.attach(server.port, ['ranked'], {}, 'second');
    expect(second).toMatchObject({
      code: 'E_WAL_IDENTITY',
      message: expect.stringContaining('public.ranked has no primary key but a deferrable one'),
    });
    await server.run('DROP TABLE ranked');
  });

  test('tables that come with their schema, or lose their key with an index, a type, a partitioned table or all of their schema', async () => {
    await server.run(
      'CREATE TABLE indexed (id int NOT NULL)',
      'CREATE UNIQUE INDEX by_id ON indexed (id)',
      'ALTER TABLE indexed REPLICA IDENTITY USING INDEX by_id',
      "CREATE TYPE kind AS ENUM ('a')",
      'CREATE TABLE typed (id int, kind kind, PRIMARY KEY (id, kind))',
      'CREATE TABLE parted (id int CONSTRAINT parted_key PRIMARY KEY) PARTITION BY RANGE (id)',
      'CREATE TABLE part PARTITION OF parted DEFAULT',
    );
    await collector.attach(server.port, []);
    await server.run(
      'CREATE SCHEMA hr CREATE TABLE people (id int)',
      'DROP INDEX by_id',
      'DROP TYPE kind CASCADE',
      'ALTER TABLE parted DROP CONSTRAINT parted_key',
      ...['hr.people', 'indexed', 'typed', 'parted'].flatMap((table) => [`INSERT INTO ${table} VALUES (1)`, `UPDATE ${table} SET id = 2`]),
      'DROP SCHEMA public CASCADE',
      'CREATE SCHEMA public',
      'CREATE TABLE fresh (id int)',
      'INSERT INTO fresh VALUES (1)',
      'UPDATE fresh SET id = 2',
    );
    for (const table of ['people', 'indexed', 'typed', 'parted', 'fresh'])
      expect([table, await updates(table)]).toEqual([table, [[{ id: 1 }, { id: 2 }]]]);
  });

  test('the schema public is dropped in mid-test, without CASCADE; the next test begins without it', async () => {
    await server.run('DROP SCHEMA public CASCADE', 'CREATE SCHEMA public');
    await collector.attach(server.port, ['app.things'], {}, 'one');
    await server.run('DROP SCHEMA public');
    expect(await collector.attach(server.port, ['app.things'])).toMatchObject({ done: expect.any(Number) });
    await server.run('CREATE SCHEMA app CREATE TABLE things (id int)', 'INSERT INTO app.things VALUES (1)', 'UPDATE app.things SET id = 2');
    expect(await updates('things')).toContainEqual([{ id: 1 }, { id: 2 }]);
    await server.run('DROP SCHEMA app CASCADE', 'CREATE SCHEMA public');
  });

  test('generated columns: without a key, in the key; the role that makes the table has no rights of its own', async () => {
    await server.run('CREATE ROLE maker LOGIN', 'GRANT ALL ON SCHEMA public TO maker');
    await collector.attach(server.port, ['summed', 'keyed']);
    const maker = await server.client('postgres', 'maker');
    for (const sql of [
      'CREATE TABLE summed (n int, twice int GENERATED ALWAYS AS (n * 2) STORED)',
      'INSERT INTO summed VALUES (1)',
      'UPDATE summed SET n = 2',
      'DELETE FROM summed',
      'CREATE TABLE keyed (n int, twice int GENERATED ALWAYS AS (n * 2) STORED PRIMARY KEY)',
      'INSERT INTO keyed VALUES (1)',
      'UPDATE keyed SET n = 2',
    ])
      await maker.query(sql);
    await maker.end();
    const newest = name === 'npm';
    expect(await updates('summed')).toEqual([
      newest
        ? [
            { n: 1, twice: 2 },
            { n: 2, twice: 4 },
          ]
        : [{ n: 1 }, { n: 2 }],
    ]);
    expect((await updates('keyed')).length).toBe(1);
  });

  // PostgreSQL has virtual columns from version 18 on.
  if (name === 'npm') {
    test('where rows cannot be told apart at all, their table is not refused anything, and nothing is proven any more', async () => {
      await server.run('CREATE TABLE orders (id int PRIMARY KEY)', 'INSERT INTO orders VALUES (1)');
      await collector.attach(server.port, ['orders']);
      await server.run(
        'CREATE TABLE seen (n int, twice int GENERATED ALWAYS AS (n * 2) VIRTUAL)',
        'INSERT INTO seen VALUES (1)',
        'UPDATE seen SET n = 2',
        'UPDATE orders SET id = 2',
        'DROP TABLE seen',
      );
      expect(await collector.barrier()).toMatchObject({
        type: 'incomplete',
        reason: expect.stringMatching(/^not all changes are published any more: .*publication$/),
      });
      await collector.detach();
      await collector.attach(server.port, ['orders'], {}, 'second');
      await server.run('CREATE TABLE stays (n int, twice int GENERATED ALWAYS AS (n * 2) VIRTUAL)');
      expect(await collector.barrier({ test: 'second' })).toMatchObject({
        type: 'incomplete',
        reason: expect.stringMatching(
          /^UPDATE and DELETE are not published any more.* public.stays has virtual generated columns .* DEFAULT$/,
        ),
      });
      await server.run('DROP TABLE stays');
    });
  }

  test('a named table that loses its key, while another one without a key keeps the publication from being for all', async () => {
    await server.run('CREATE TABLE legacy (id int)', 'CREATE TABLE invoices (id int CONSTRAINT invoices_key PRIMARY KEY)');
    await collector.attach(server.port, ['invoices']);
    await server.run(
      'INSERT INTO legacy VALUES (1)',
      'UPDATE legacy SET id = 2',
      'ALTER TABLE invoices DROP CONSTRAINT invoices_key',
      'INSERT INTO invoices VALUES (1)',
      'UPDATE invoices SET id = 2',
    );
    expect(await updates('invoices')).toEqual([[{ id: 1 }, { id: 2 }]]);
    expect(await server.run("SELECT relreplident FROM pg_class WHERE relname = 'legacy'")).toEqual([{ relreplident: 'd' }]);
  });
});
