import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { command, Playground, root, type TraceEvent } from '../faultbox.ts';
import { leftovers, tree, until } from '../crash/machine.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const server = join(root, 'examples', 'services', 'postgres.sh');
const topology = (publish: string, more = '') => `
pg = service("postgres", "${server}", interface("main", "postgres", 5432), args = ["5432"], observe = [wal_stream(tables = ["orders"])])
shipping = service("shipping", "bin/linux/mock-db", interface("main", "tcp", 5433), env = {"PORT": "5433"}, healthcheck = tcp("localhost:5433"),
    observe = [stdout(decoder = json_decoder())])
api = service("api", "bin/linux/orders-api", interface("http", "http", 8080), depends_on = [pg, shipping], healthcheck = http("localhost:8080/health"),
    env = {"PORT": "8080", "DB_ADDR": pg.main.addr, "SHIPPING_ADDR": shipping.main.addr, "PUBLISH": "${publish}"})
inserted = {"type": "wal", "table": "orders", "action": "INSERT"}
published = {"type": "stdout", "service": "shipping", "op": "SET"}
${more}`;
const commitThenPublish = (name: string) => `
def test_${name}():
    assert_eq(api.post("/orders", body = "widget").status, 201)
    assert_before(first = inserted, then = published)
`;

describe('commit, then publish', () => {
  test('the service that does so passes, five times in a row', async () => {
    const tests = Array.from({ length: 5 }, (_, i) => commitThenPublish(String(i))).join('');
    const { ended, trace } = await at.trace(topology('late', tests));
    expect(ended.stdout).toContain('5 tests: 5 passed');
    for (const { events } of trace.tests) {
      const row = events.find((e) => e.type === 'wal')!;
      expect(row).toMatchObject({ service: 'postgres', table: 'orders', action: 'INSERT', data: { new: { item: 'widget' } } });
      const write = events.find((e) => e.seq === row.causes.find((c) => c.rule === 'wal')!.seq)!;
      expect(write).toMatchObject({ syscall: 'pwrite64', service: 'postgres', path: expect.stringContaining('/pg_wal/') });
      expect(row.seq).toBe(write.seq + 1);
    }
  });

  test('its twin, which publishes first, fails each time', async () => {
    const tests = Array.from({ length: 5 }, (_, i) => commitThenPublish(String(i))).join('');
    const { stdout, code } = await at.test(topology('early', tests));
    expect([code, stdout]).toEqual([1, expect.stringContaining('5 tests: 5 failed')]);
  });
});

test('a row that was rolled back is provably not there, a table that is not there is vacuous, and nothing outlives the run', async () => {
  const { stdout, code } = await at.test(topology('late', `
def test_rolled_back():
    assert_eq(api.post("/orders", body = "").status, 500)
    assert_never(where = lambda e: e.type == "wal" and e.data["action"] == "INSERT")
    api.post("/orders", body = "widget")
    assert_eq(len(events(type = "wal", table = "orders", action = "INSERT")), 1)
    assert_eventually(where = lambda e: e.type == "wal" and e.table == "orders" and e.data["new"]["id"] == 2 and e.xid > 0 and "/" in e.lsn)
`));
  expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_rolled_back')]);
  const ghost = await at.test(topology('late', 'def test_ghost():\n    assert_never(where = lambda e: e.type == "wal")\n').replace('"orders"])', '"ghosts"])'), '--strict');
  expect([ghost.code, ghost.stdout]).toEqual([1, expect.stringContaining('public.ghosts does not exist')]);
  await until(() => leftovers(at.dir).length === 0);
  expect(leftovers(at.dir)).toEqual([]);
});

test('while a fault could strike the mark itself, a barrier is proven without one, and no fault is struck by it', async () => {
  const { ended, trace } = await at.trace(topology('late', `
slow = fault_assumption("slow_disk", target = pg, fdatasync = delay("30ms"))
fault_scenario("slow", scenario = lambda: api.post("/orders", body = "widget"), faults = slow, expect = lambda r: [
    assert_eq(r.status, 201), assert_before(first = inserted, then = published), assert_never(where = lambda e: e.type == "wal" and e.data["new"]["item"] != "widget"),
])`));
  expect(ended.stdout).toContain('1 test: 1 passed');
  expect(trace.tests[0]!.faults).toMatchObject([{ service: 'postgres', hits: expect.any(Number) }]);
  expect(trace.tests[0]!.sources.find((s) => s.source === 'wal/postgres')).toMatchObject({ complete: true, events: 1 });
});

test('a collector that is killed makes absence inconclusive, never passed', async () => {
  at.write('spec.star', topology('late', `
def test_killed():
    for i in range(40):
        api.post("/orders", body = "widget")
    assert_never(where = lambda e: e.type == "wal" and e.data["new"]["item"] == "gadget")
`));
  const child = spawn(command, ['test', 'spec.star', '--deadline', '1s'], { cwd: at.dir, stdio: ['ignore', 'pipe', 'ignore'] });
  let stdout = '';
  child.stdout.on('data', (d) => (stdout += String(d)));
  const ended = once(child, 'close');
  await until(() => tree(child.pid!).some((p) => p.command.includes('bin/linux/orders-api')));
  process.kill(tree(child.pid!).find((p) => p.command.includes('collector-wal/main.ts'))!.pid, 'SIGKILL');
  const [code] = (await ended) as [number];
  expect([code, stdout]).toEqual([4, expect.stringContaining('wal/postgres')]);
});

test('eight who commit at once: each row once, in commit order, behind a write of the log', async () => {
  const spec = `
pg = service("postgres", "${server}", interface("main", "postgres", 5432), args = ["5432", "-c", "commit_delay=200", "-c", "commit_siblings=2"], observe = [wal_stream(tables = ["t"])])
load = service("load", "/bin/sh", args = ["-c", """
psql='psql -qX -h localhost -p 5432 -U postgres'
$psql -c 'CREATE TABLE t (who int, n int, PRIMARY KEY (who, n))'
for who in 1 2 3 4 5 6 7 8; do (for n in 1 2 3 4 5 6 7 8 9 10; do echo "INSERT INTO t VALUES ($who, $n);"; done | $psql) & done
wait; echo loaded; exec sleep 1000"""], depends_on = [pg])
def test_load():
    assert_eventually(where = lambda e: e.type == "stdout" and e.service == "load", within = "20s")
    assert_eq(len(events(type = "wal")), 80)
`;
  const { ended, trace } = await at.trace(spec);
  expect(ended.stdout).toContain('1 test: 1 passed');
  const { events } = trace.tests[0]!;
  const rows = events.filter((e) => e.type === 'wal');
  const lsn = (e: TraceEvent) => Number.parseInt((e.data['lsn'] as string).split('/')[1]!, 16);
  for (const [i, row] of rows.entries()) {
    expect(row.causes).toMatchObject([{ rule: 'wal' }]);
    expect(lsn(row)).toBeGreaterThan(i === 0 ? 0 : lsn(rows[i - 1]!));
  }
  expect(rows.some((row) => row.causes[0]!.certain)).toBe(true);
});
