import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Playground, root } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
  symlinkSync(join(root, 'examples', 'services'), join(at.dir, 'services'));
});
afterEach(() => at.remove());

const postgres = (observe = '') => `
pg = service("postgres", "services/postgres.sh", interface("main", "postgres", 5432), args = ["5432"],
    env = {"POSTGRES_USER": "postgres", "POSTGRES_PASSWORD": "correct horse battery"},
    healthcheck = ready(),
    observe = [${observe}],
)
`;

test('steps on postgres: rows as dicts, typed, params, counts; an error of the server is a result', async () => {
  const { ended, trace } = await at.trace(`${postgres()}
def test_steps():
    assert_eq(pg.exec("CREATE TABLE t (id int8 PRIMARY KEY, name text, price numeric, tags text[], doc jsonb, ok bool, at timestamptz)").data, {"rows_affected": 0})
    inserted = pg.exec("INSERT INTO t VALUES ($1, $2, $3, $4, $5, $6, $7), (2, NULL, NULL, NULL, NULL, NULL, NULL)",
        [9007199254740993, "it's", "12345678901234567890.5", "{a,b}", {"n": [1, None]}, True, "2026-01-02T03:04:05Z"])
    assert_eq((inserted.ok, inserted.data), (True, {"rows_affected": 2}))
    rows = pg.query("SELECT id, name, price, tags, doc, ok FROM t ORDER BY id DESC").data
    assert_eq(rows[0], {"id": 9007199254740993, "name": "it's", "price": "12345678901234567890.5", "tags": "{a,b}", "doc": {"n": [1, None]}, "ok": True})
    assert_eq(rows[1]["name"], None)
    assert_eq(pg.main.query("SELECT 1 AS one").data, [{"one": 1}])
    wrong = pg.query("SELECT * FROM nothing")
    assert_eq((wrong.ok, wrong.data), (False, None))
    assert_true("relation \\"nothing\\" does not exist" in wrong.error)
    assert_eq(pg.query("SELECT pg_sleep(60)", timeout = "100ms").error, "no answer within 100 ms")
`);
  expect(ended.stdout).toMatch(/✓ test_steps/);
  const received = trace.tests[0]!.events.filter((e) => e.type === 'step_recv');
  expect(received[4]!.data).toMatchObject({ service: 'postgres', method: 'query', error: expect.stringContaining('does not exist') });
  expect(received[0]!.vector_clock['postgres']).toBeGreaterThan(0);
});

test('a step keeps what JSON has no number for, numbers in JSON digit by digit, and what several statements gave', async () => {
  const { ended } = await at.trace(`${postgres()}
def test_worth():
    assert_eq(pg.query("SELECT 'NaN'::float8 AS a, '-Infinity'::float4 AS b, 0.5::float8 AS c").data, [{"a": "NaN", "b": "-Infinity", "c": 0.5}])
    assert_eq(pg.query("SELECT '{\\"n\\": [12345678901234567890]}'::json AS j").data, [{"j": {"n": [12345678901234567890]}}])
    assert_eq(pg.exec("BEGIN; CREATE TABLE t (id int); INSERT INTO t VALUES (1), (2); UPDATE t SET id = 3 WHERE id = 1; COMMIT").data, {"rows_affected": 3})
    assert_eq(pg.query("INSERT INTO t VALUES (4); SELECT id FROM t ORDER BY id; COMMIT").data, [{"id": 2}, {"id": 3}, {"id": 4}])
`);
  expect(ended.stdout).toMatch(/✓ test_worth/);
});

test('a poll of several statements sees what the last of them gives', async () => {
  const { ended } =
    await at.trace(`${postgres('poll(command = "SET search_path = pg_catalog; SELECT count(*) FROM pg_class WHERE relname = \'made\'", interval = "20ms")')}
def test_polled():
    pg.exec("CREATE TABLE made (id int)")
    assert_eventually(where = lambda e: e.type == "poll" and e.data["value"] == "1" and e.data["previous"] == "0")
`);
  expect(ended.stdout).toMatch(/✓ test_polled/);
});

test('a query is polled: a single value as it is, rows as JSON, no row as nothing', async () => {
  const { ended, trace } =
    await at.trace(`${postgres('poll(command = "SELECT count(*) FROM pg_class WHERE relname LIKE \'made_%\'", interval = "20ms"), poll(command = "SELECT relname, relkind FROM pg_class WHERE relname LIKE \'made_%\'", interval = "20ms")')}
def test_polled():
    pg.exec("CREATE TABLE made_here (id int)")
    assert_eventually(where = lambda e: e.type == "poll" and e.data["value"] == "1")
    assert_eventually(where = lambda e: e.type == "poll" and e.data["value"] == '[{"relname":"made_here","relkind":"r"}]' and e.data["previous"] == "")
`);
  expect(ended.stdout).toMatch(/✓ test_polled/);
  expect(trace.tests[0]!.events.filter((e) => e.type === 'poll')).toHaveLength(2);
});

test('a poll waits for a server that accepts connections before it takes logins', async () => {
  const { ended } = await at.trace(`${postgres('poll(command = "SELECT 1")').replace('ready()', 'tcp("localhost:5432")')}
def test_up():
    assert_never(where = lambda e: e.type == "poll" or e.type == "gap")
`);
  expect(ended.stdout).toMatch(/✓ test_up/);
});

test('a second wal_stream of a service is an error with the remedy', async () => {
  const { stderr } = await at.test(postgres('wal_stream(), wal_stream(database = "other")'));
  expect(stderr).toContain('observes wal/postgres twice: a service has one wal_stream(), which names all tables, of one database');
});

test('ready() waits until the server takes logins; the password is in no trace and no record of a call', async () => {
  const { ended } = await at.trace(`${postgres()}
def test_login():
    assert_true(pg.query("SELECT 1").ok)
`);
  expect(ended.code).toBe(0);
  expect(at.read('trace.json')).not.toContain('correct horse');
});
