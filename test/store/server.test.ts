import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { asServer, openTestStore, type TestStore } from '../../services/store/testing.ts';
import { faultbox, pair, Playground, runOf } from '../faultbox.ts';
import { proxied } from './proxy.ts';

/** The embedded engine's own HTTP port is a ClickHouse server. */
let server: TestStore;
let url: string;
let env: Record<string, string>;
let at: Playground;
beforeAll(async () => {
  server = await openTestStore();
  ({ url, env } = asServer(server));
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

const holes = (run: string) =>
  server.client.query<{ test: string; rows: number; last: number; seqs: number }>(
    'SELECT test, count() AS rows, max(seq) AS last, uniqExact(seq) AS seqs FROM events WHERE run = {run:String} GROUP BY test',
    { run },
  );

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

test('an insert whose answer is lost is sent again: one row an event, none missing', async () => {
  let inserts = 0;
  const deed = (path: string) => (path.includes('insert_deduplication_token') && ++inserts % 2 === 1 ? 'lose' : 'pass');
  const ended = await proxied(server.client.address.url, { deed, certificate: null }, (port) => {
    at.write('spec.star', spec);
    return faultbox(at.dir, ['test', 'spec.star', '--store', url.replace(/:\d+\//, `:${port}/`)], env);
  });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(inserts).toBeGreaterThan(2);
  const tests = await holes(runOf(ended));
  expect(tests.length).toBe(1);
  for (const { rows, last, seqs } of tests) expect([rows, seqs]).toEqual([last, last]);
});

test('TLS: a server with a certificate of an authority of our own, one that nobody vouches for, and plain HTTP to it', async () => {
  const certificate = { cert: join(at.dir, 'server.pem'), key: join(at.dir, 'key.pem') };
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
      '-keyout',
      certificate.key,
      '-out',
      certificate.cert,
    ],
    { stdio: 'ignore' },
  );
  at.write('spec.star', spec);
  await proxied(server.client.address.url, { deed: () => 'pass', certificate }, async (port) => {
    const there = url.replace(/:\d+\//, `:${port}/`);
    const secure = ['test', 'spec.star', '--store', there.replace('http:', 'https:')];
    expect(await faultbox(at.dir, secure, { ...env, NODE_EXTRA_CA_CERTS: certificate.cert })).toMatchObject({ code: 0, stderr: '' });
    const untrusted = await faultbox(at.dir, secure, env);
    expect([untrusted.code, untrusted.stderr]).toEqual([
      3,
      expect.stringMatching(/There is no TLS with the store at https:.*NODE_EXTRA_CA_CERTS/),
    ]);
    const plain = await faultbox(at.dir, ['test', 'spec.star', '--store', there], env);
    expect([plain.code, plain.stderr]).toEqual([3, expect.stringMatching(/The store at http:\/\/127\.0\.0\.1:\d+ /)]);
    expect(untrusted.stderr + plain.stderr).not.toMatch(/\n {4}at /);
  });
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
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
}

test.each([
  [302, '', 'text/html'],
  [200, '<html>', 'text/html'],
  [200, '', 'text/plain'],
  [404, '{"message":"no such page"}', 'application/json'],
])('what answers %i with "%s" is no ClickHouse server: a sentence, and exit 3', async (status, body, type) => {
  at.write('spec.star', spec);
  const other = createServer((_, response) => void response.writeHead(status, { 'content-type': type }).end(body)).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const { code, stderr } = await faultbox(at.dir, ['test', 'spec.star', '--store', address]);
  other.close();
  expect([code, stderr.trim()]).toEqual([3, `What answers at ${address} is no ClickHouse server. Is the address in --store right?`]);
});

test.each([
  ['fault-box', '`fault-box`'],
  ['v%C3%B6gel%20im%20haus', '`vögel im haus`'],
  ['a%60b', '`a\\`b`'],
])('a database may have any name, as %s: what the server says is about that one', async (path, name) => {
  at.write('spec.star', spec);
  const { code, stderr } = await faultbox(at.dir, ['test', 'spec.star', '--store', url.replace(/[^/]*$/, path)], env);
  expect([code, stderr]).toEqual([3, expect.stringContaining(`the grant CREATE DATABASE ON ${name}`)]);
});

test.each(['http://someone@host:8123/db?database=x', 'http://someone@host:8123/a/b', 'http://some%zzone@host:8123/db'])(
  '%s is no address: exit 2 and how one is written',
  async (address) => {
    at.write('spec.star', spec);
    const { code, stderr } = await faultbox(at.dir, ['test', 'spec.star', '--store', address], env);
    expect([code, stderr]).toEqual([2, expect.stringContaining('Write http://user@host:8123/database')]);
  },
);

test('a user and a password may have any characters', async () => {
  at.write('spec.star', spec);
  const { code, stderr } = await faultbox(at.dir, ['test', 'spec.star', '--store', url.replace(/\/\/[^@]*@/, '//j%C3%BCrgen@')], {
    FAULTBOX_STORE_PASSWORD: 'geheim…',
  });
  expect([code, stderr]).toEqual([3, expect.stringMatching(/refused the login/)]);
});
