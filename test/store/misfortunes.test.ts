import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { asServer, enginesOf, openTestStore, type TestStore } from '../../services/store/testing.ts';
import { leftovers, until } from '../crash/machine.ts';
import { faultbox, pair, Playground, runOf, startFaultbox, type Ended } from '../faultbox.ts';
import { proxied, type Deed } from './proxy.ts';

/** What can befall a store on a server: nothing of it may make a verdict better than what was seen. */

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const spec = `${pair}
def test_written():
    for i in range(40):
        api.post("/data/k%d" % i, body = "v")
    sleep("300ms")
    written = events(where = lambda e: e.service == "db" and e.type == "stdout" and e.data.get("op") == "SET")
    assert_true(len(written) < 40, "%d writes" % len(written))
`;
/** A test that takes a while, and passes. */
const long = `${pair}
def test_written():
    for i in range(400):
        api.post("/data/k%d" % i, body = "v")
    assert_never(where = lambda e: e.service == "db" and e.syscall == "rename")
`;

function expectEnvironmentFailed({ code, stdout, stderr }: Ended, sentence: RegExp): void {
  expect([code, stdout + stderr]).toEqual([3, expect.stringMatching(sentence)]);
  expect(stdout + stderr).not.toMatch(/\n {4}at /);
}

describe('the profile of the user of a server', () => {
  test.each([
    [{ limit: '3' }, 1, /40 writes/],
    [{ insert_deduplicate: '0', async_insert: '1', wait_for_async_insert: '0' }, 1, /40 writes/],
    [{ max_rows_to_read: '10', read_overflow_mode: 'break', max_threads: '1', max_block_size: '10' }, 3, /max rows: 10\.00/],
    [{ max_result_rows: '5', result_overflow_mode: 'break', max_block_size: '10' }, 3, /max rows: 5\.00/],
  ])('with %o: no part is taken for the whole', async (profile, code, sentence) => {
    const server = await openTestStore(profile);
    try {
      const { url, env } = asServer(server);
      at.write('spec.star', spec);
      const ended = await faultbox(at.dir, ['test', 'spec.star', '--store', url], env);
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([code, expect.stringMatching(sentence)]);
      expect(ended.stdout + ended.stderr).not.toMatch(/\n {4}at /);
    } finally {
      await server.close();
    }
  });
});

describe('a server whose rows are not as they were stored', () => {
  let server: TestStore;
  beforeAll(async () => {
    server = await openTestStore();
  });
  afterAll(() => server.close());

  test.each([
    ['removed', 'TRUNCATE TABLE events', /gives \d+ events of test "test_written" where it has taken \d+/],
    ['doubled', 'INSERT INTO events SELECT * FROM events', /gives \d+ events of test "test_written" where it has taken \d+/],
    ['gone with their table', 'DROP TABLE events SYNC', /events/],
  ])('%s: exit 3, and not a verdict', async (_, sql, sentence) => {
    const { url, env } = asServer(server);
    at.write('spec.star', long);
    const before = await stored();
    const run = startFaultbox(at.dir, ['test', 'spec.star', '--store', url], env);
    while ((await stored()) === before) await pause(10);
    await server.client.command(sql);
    expectEnvironmentFailed(await run.ended, sentence);
    expect(await until(() => leftovers(at.dir).length === 0)).toBe(true);
  });

  test('removed after the run: a check says so', async () => {
    const other = await openTestStore();
    try {
      const { url, env } = asServer(other);
      at.write('spec.star', spec);
      const ended = await faultbox(at.dir, ['test', 'spec.star', '--store', url], env);
      await other.client.command("ALTER TABLE events DELETE WHERE service = 'db' SETTINGS mutations_sync = 1");
      expectEnvironmentFailed(await faultbox(at.dir, ['check', runOf(ended), '--store', url], env), /where it has taken \d+/);
    } finally {
      await other.close();
    }
  });

  async function stored(): Promise<number> {
    const [row] = await server.client.query<{ n: number }>('SELECT toUInt32(count()) AS n FROM events');
    return row!.n;
  }
});

describe('between us and a server', () => {
  let server: TestStore;
  beforeAll(async () => {
    server = await openTestStore();
  });
  afterAll(() => server.close());

  const through = (deed: (path: string) => Deed) =>
    proxied(server.client.address.url, { deed, certificate: null }, (port) => {
      const { url, env } = asServer(server, String(port));
      at.write('spec.star', spec);
      return faultbox(at.dir, ['test', 'spec.star', '--store', url], env);
    });
  /** Of the requests that the expression matches, every third; from the first insert on, when the server has been found to be there. */
  const everyThird = (which: RegExp, deed: Deed) => {
    let begun = false;
    let n = 0;
    return (path: string): Deed => {
      begun ||= path.includes('insert_deduplication_token');
      return begun && which.test(path) && ++n % 3 === 0 ? deed : 'pass';
    };
  };

  test.each<readonly [string, RegExp, Deed]>([
    ['a page in place of an insert', /insert_deduplication_token/, 'page'],
    ['a page in place of anything', /./, 'page'],
    ['a query whose answer is cut', /query_id/, 'cut'],
    ['a lost answer of anything', /./, 'lose'],
  ])('%s changes nothing', async (_, which, deed) => {
    const ended = await through(everyThird(which, deed));
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringMatching(/40 writes/)]);
  });

  test('a page for good: exit 3 and a sentence', async () => {
    const ended = await through((path) => (path.includes('insert_deduplication_token') ? 'page' : 'pass'));
    expectEnvironmentFailed(ended, /What answers at http:\/\/127\.0\.0\.1:\d+ is no ClickHouse server/);
  });
});

describe('a server that', () => {
  test('is silent ends a run with a sentence, at whatever it is asked', async () => {
    const server = await openTestStore();
    try {
      const { url, env } = asServer(server);
      at.write('spec.star', long);
      const run = startFaultbox(at.dir, ['test', 'spec.star', '--store', url], env);
      while ((await server.client.query<{ n: number }>('SELECT toUInt32(count()) AS n FROM events'))[0]!.n === 0) await pause(10);
      for (const pid of enginesOf(server.dir)) process.kill(pid, 'SIGSTOP');
      expectEnvironmentFailed(await run.ended, /does not answer: it was silent for 15 s/);
      const start = await faultbox(at.dir, ['test', 'spec.star', '--store', url], env);
      expectEnvironmentFailed(start, /does not answer: it was silent for 15 s/);
    } finally {
      for (const pid of enginesOf(server.dir)) process.kill(pid, 'SIGCONT');
      await server.close();
    }
  });

  test('has the tables of a newer version is left alone', async () => {
    const server = await openTestStore();
    try {
      await server.client.insertRows('migrations', [{ version: 999, name: '999_later.sql' }]);
      const { url, env } = asServer(server);
      at.write('spec.star', spec);
      const ended = await faultbox(at.dir, ['test', 'spec.star', '--store', url], env);
      expectEnvironmentFailed(ended, /are those of a newer faultbox \(version 999; this one knows \d+\)/);
    } finally {
      await server.close();
    }
  });
});
