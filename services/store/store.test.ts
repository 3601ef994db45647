import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { StoreClient } from './client.ts';
import { openStore, type Store } from './store.ts';
import { insertRun, insertTests, insertVerdicts, type RunRow } from './runs.ts';
import { openTestStore } from './testing.ts';

let store: Store & { readonly dir: string };
beforeAll(async () => {
  store = await openTestStore();
}, 60_000);
afterAll(() => store.close());

const aRun: RunRow = {
  run: 'r1',
  started_at: new Date('2026-01-02T03:04:05.678Z'),
  state: 'running',
  spec: 'a.star',
  seed: 7,
  flags: { strict: true },
  files: { 'a.star': 'x' },
  duration_ms: 0,
  passed: 0,
  failed: 0,
  inconclusive: 0,
  errors: 0,
  exit_code: 0,
};

describe('the store', () => {
  test('gives 64-bit integers exactly, also inside arrays and nullables', async () => {
    const rows = await store.client.query(
      "SELECT 18446744073709551615::UInt64 AS big, [9007199254740993::Int64, 1] AS list, CAST(NULL, 'Nullable(Int64)') AS none, {x:Int64} AS given, '12' AS text",
      { x: '-9223372036854775808' },
    );
    expect(rows).toEqual([
      { big: 18446744073709551615n, list: [9007199254740993n, 1], none: null, given: -9223372036854775808n, text: '12' },
    ]);
  });

  test('is opened by many at once and migrated once', async () => {
    const others = await Promise.all(Array.from({ length: 4 }, () => openStore({ dir: store.dir })));
    const rows = await others[3]!.client.query<{ n: number }>('SELECT count() AS n FROM migrations FINAL');
    expect(rows[0]!.n).toBeGreaterThanOrEqual(3);
    await Promise.all(others.map((o) => o.close()));
    expect(await store.client.ping()).toBe(true);
  });

  test('keeps a run, its tests and its verdicts, the last writing of each', async () => {
    await insertRun(store.client, aRun);
    await insertRun(store.client, { ...aRun, state: 'ended', passed: 2 });
    const t = {
      run: 'r1',
      test: 't',
      position: 0,
      name: 't',
      started_at: aRun.started_at,
      state: 'ended',
      verdict: 'passed',
      reason: '',
      duration_ms: 1.5,
      details: { a: 1 },
    } as const;
    await insertTests(store.client, [t]);
    const v = {
      run: 'r1',
      test: 't',
      ordinal: 0,
      spec: 'a.star',
      kind: 'assert_never',
      verdict: 'passed',
      reason: '',
      place: 'a.star:3:1',
      barrier: 1,
      seq: 9,
      witness: [1, 2],
      sql: 'SELECT 1',
      details: {},
    } as const;
    await insertVerdicts(store.client, [v]);
    expect(await store.client.query('SELECT state, passed, started_at FROM runs FINAL')).toEqual([
      { state: 'ended', passed: 2, started_at: '2026-01-02 03:04:05.678000' },
    ]);
    expect(await store.client.query('SELECT name, details FROM tests FINAL')).toEqual([{ name: 't', details: '{"a":1}' }]);
    expect(await store.client.query('SELECT witness, seq FROM verdicts FINAL')).toEqual([{ witness: [1, 2], seq: 9 }]);
  });

  test.each([
    ["SELECT * FROM file('/etc/passwd', LineAsString)", /READ ON FILE/],
    ["SELECT * FROM url('http://127.0.0.1:1/', LineAsString)", /READ ON URL/],
    ["INSERT INTO FUNCTION file('x.csv') SELECT 1", /WRITE ON FILE/],
    ['CREATE DATABASE elsewhere', /CREATE DATABASE/],
  ])('refuses %s', async (sql, reason) => {
    await expect(store.client.query(sql)).rejects.toMatchObject({ code: 'E_STORE_QUERY', message: expect.stringMatching(reason) });
  });

  test('lets nobody in without the password, which only its owner reads', async () => {
    expect(statSync(join(store.dir, 'password')).mode & 0o777).toBe(0o600);
    const anonymous = new StoreClient({ ...store.client.address, username: 'default', password: '' });
    await expect(anonymous.query('SELECT count() FROM events')).rejects.toMatchObject({ code: 'E_STORE_QUERY' });
    await anonymous.close();
  });

  test('says so when nobody answers', async () => {
    const gone = new StoreClient({ ...store.client.address, url: 'http://127.0.0.1:1' });
    await expect(gone.query('SELECT 1')).rejects.toMatchObject({ code: 'E_ENGINE' });
    await gone.close();
  });

  test('the engine is not root', () => {
    const port = Number(readFileSync(join(store.dir, 'port'), 'utf8'));
    expect(port).toBeGreaterThan(0);
    expect(statSync(join(store.dir, 'engine', 'data')).uid).toBe(process.getuid!() === 0 ? 64771 : process.getuid!());
  });
});
