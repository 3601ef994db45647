import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Store } from '../../services/store/store.ts';
import { openTestStore } from '../../services/store/testing.ts';
import { faultbox, pair, Playground, type Ended } from '../faultbox.ts';

/** The embedded engine's own HTTP port is a ClickHouse server. */
let server: Store & { readonly dir: string };
let url: string;
let env: Record<string, string>;
let at: Playground;
beforeAll(async () => {
  server = await openTestStore();
  const { address } = server.client;
  url = `http://${address.username}@${address.url.replace('http://', '')}/${address.database}`;
  env = { FAULTBOX_STORE_PASSWORD: address.password };
}, 60_000);
afterAll(() => server.close());
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const spec = `${pair}
def test_written():
    api.post("/data/color", body = "green")
    assert_eventually(where = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "SET")
    assert_never(where = lambda e: e.service == "db" and e.syscall == "rename")
`;

const runOf = ({ stdout }: Ended): string => /run ([0-9a-f]{8})/.exec(stdout)![1]!;
const holes = (run: string) => server.client.query<{ test: string; rows: number; last: number; seqs: number }>(
  'SELECT test, count() AS rows, max(seq) AS last, uniqExact(seq) AS seqs FROM events WHERE run = {run:String} GROUP BY test', { run });

test('a run stores on a server, and is explained from there; nothing is stored here, and the password is in no list of processes', async () => {
  at.write('spec.star', spec);
  const run = faultbox(at.dir, ['test', 'spec.star', '--store', url], env);
  let shown = false;
  const watch = setInterval(() => (shown ||= cmdlines().some((line) => line.includes(env['FAULTBOX_STORE_PASSWORD']!))), 20);
  const ended = await run;
  clearInterval(watch);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(shown).toBe(false);
  expect(existsSync(join(at.dir, '.faultbox', 'store'))).toBe(false);
  const explained = await faultbox(at.dir, ['explain', runOf(ended), '--store', url], env);
  expect(explained.stdout).toContain('assert_never');
  const checked = await faultbox(at.dir, ['check', runOf(ended), '--store', url], env);
  expect(checked.code).toBe(0);
});

test('runs from several folders share a server at the same time: one row an event, none missing', async () => {
  const places = [at, new Playground(), new Playground()];
  for (const place of places) place.write('spec.star', spec);
  const ended = await Promise.all(places.map((place) => faultbox(place.dir, ['test', 'spec.star', '--store', url], env)));
  for (const e of ended) {
    expect(e.code).toBe(0);
    for (const { rows, last, seqs } of await holes(runOf(e))) expect([rows, seqs]).toEqual([last, last]);
  }
  places.slice(1).forEach((place) => place.remove());
});

test('a wrong password, a server that is not there and an address that is none: what failed and what to do, no stack', async () => {
  at.write('spec.star', spec);
  const wrong = await faultbox(at.dir, ['test', 'spec.star', '--store', url], { FAULTBOX_STORE_PASSWORD: 'wrong' });
  expect(wrong.code).toBe(3);
  expect(wrong.stderr).toMatch(/refused the login.*FAULTBOX_STORE_PASSWORD/);
  const nowhere = await faultbox(at.dir, ['test', 'spec.star', '--store', 'http://someone:secret@127.0.0.1:9/db'], {});
  expect(nowhere.code).toBe(3);
  expect(nowhere.stderr).toContain('http://127.0.0.1:9 does not answer');
  const none = await faultbox(at.dir, ['test', 'spec.star', '--store', 'clickhouse://someone:secret@host/db'], {});
  expect(none.code).toBe(2);
  expect(none.stderr).toContain('Write http://user@host:8123/database');
  for (const { stderr, stdout } of [wrong, nowhere, none]) expect(stderr + stdout).not.toMatch(/secret|\n {4}at /);
});

function cmdlines(): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    } catch {
      return '';
    }
  });
}
