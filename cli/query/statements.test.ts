import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestStore } from '../../services/store/testing.ts';
import type { Value } from '../starlark/index.ts';
import { statements, translate, translateFilters, type Translation } from './index.ts';
import { predicate } from './testing.ts';

const engine = existsSync(new URL('../../native/build/engine', import.meta.url));
let store: Awaited<ReturnType<typeof openTestStore>>;
const range = { run: 'r', test: 't', after: 0, up_to: 100 };

beforeAll(async () => {
  if (!engine) return;
  store = await openTestStore();
  const row = { run: 'r', test: 't', service: 'db', data: '{}', json_ok: 1 };
  await store.client.insertRows('events', [
    { ...row, seq: 1, type: 'syscall', syscall: 'write', path: '/tmp/a', fd: 1 },
    { ...row, seq: 2, type: 'stdout', data: '{"n":5,"level":"ERROR"}', data_level: 'ERROR' },
    { ...row, seq: 3, type: 'stdout', data: '{"n":1e400}', json_ok: 0 },
    { ...row, seq: 4, type: 'syscall', syscall: 'write', path: '/tmp/b', fd: 2, service: 'api' },
    { ...row, seq: 5, type: 'stdout', data: '{"n":5}' },
    { ...row, seq: 1, test: 'other', type: 'syscall', syscall: 'write' },
  ]);
}, 60_000);
afterAll(async () => {
  if (engine) await store.close();
});

async function found(conditions: readonly Translation[], within = range): Promise<Array<[number, boolean]>> {
  const { sql, params } = statements(...conditions).first(within, 10);
  return (await store.client.query<{ seq: number; undecided: number }>(sql, params)).map((r) => [r.seq, r.undecided === 1]);
}

async function counted(...conditions: readonly Translation[]): Promise<unknown> {
  const { sql, params } = statements(...conditions).count(range);
  return (await store.client.query(sql, params))[0];
}

const where = (source: string): Translation => translate(predicate(source));
const filters = (entries: Record<string, Value>): Translation => translateFilters(new Map(Object.entries(entries)));

test.skipIf(!engine)('an exact predicate is answered without the interpreter', async () => {
  const writes = where('lambda e: e.syscall == "write"');
  expect(await found([writes])).toEqual([
    [1, false],
    [4, false],
  ]);
  expect(await counted(writes)).toEqual({ certain: 2, undecided: 0 });
  expect(await found([writes], { ...range, after: 1, up_to: 3 })).toEqual([]);
});

test.skipIf(!engine)('one statement tells certain matches from rows that the interpreter decides', async () => {
  const fives = where('lambda e: e.data.get("n") == 5');
  expect(await found([fives])).toEqual([
    [2, false],
    [3, true],
    [5, false],
  ]);
  expect(await counted(fives)).toEqual({ certain: 2, undecided: 1 });
  expect(await found([where('lambda e: e.path.startswith("/tmp")')])).toEqual([
    [1, false],
    [2, true],
    [3, true],
    [4, false],
    [5, true],
  ]);
});

test.skipIf(!engine)('a predicate that is not translated leaves every row to the interpreter', async () => {
  expect(await counted(where('lambda e: print(e) == None'))).toEqual({ certain: 0, undecided: 5 });
  expect(await found([where('lambda e: print(e) == None'), filters({ service: 'api' })])).toEqual([[4, true]]);
});

test.skipIf(!engine)('filters are attributes, keys of data and patterns, and combine with a predicate', async () => {
  expect(await found([filters({ type: 'syscall', path: '/tmp/*' })])).toEqual([
    [1, false],
    [4, false],
  ]);
  expect(await found([filters({ path: '/tmp/?' }), where('lambda e: e.fd > 1 if e.fd else False')])).toEqual([[4, false]]);
  expect(await found([filters({ n: 5 })])).toEqual([
    [2, false],
    [3, true],
    [5, false],
  ]);
  expect(await found([filters({ level: null })])).toEqual([[3, true]]);
  expect(await counted(filters({}))).toEqual({ certain: 5, undecided: 0 });
});

test.skipIf(!engine)('rows are fetched with the columns asked for, in order', async () => {
  const { sql, params } = statements().rows(range, [4, 1], ['seq', 'path']);
  expect(await store.client.query(sql, params)).toEqual([
    { seq: 1, path: '/tmp/a' },
    { seq: 4, path: '/tmp/b' },
  ]);
});
