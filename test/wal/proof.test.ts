import { afterEach, beforeEach, expect, test } from 'vitest';
import { Playground, type TraceEvent } from '../faultbox.ts';
import { server, topology } from './orders.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

test('while a fault could strike the mark itself, a barrier is proven without one, and no fault is struck by it', async () => {
  const { ended, trace } = await at.trace(
    topology(
      'late',
      `
slow = fault_assumption("slow_disk", target = pg, fdatasync = delay("30ms"))
fault_scenario("slow", scenario = lambda: api.post("/orders", body = "widget"), faults = slow, expect = lambda r: [
    assert_eq(r.status, 201), assert_before(first = inserted, then = published), assert_never(where = lambda e: e.type == "wal" and e.data["new"]["item"] != "widget"),
])`,
    ),
  );
  expect(ended.stdout).toContain('1 test: 1 passed');
  expect(trace.tests[0]!.faults).toMatchObject([{ service: 'postgres', hits: expect.any(Number) }]);
  expect(trace.tests[0]!.sources.find((s) => s.source === 'wal/postgres')).toMatchObject({ complete: true, events: 1 });
});

test('eight who commit at once: each row once, in commit order, behind a write of the log', async () => {
  const spec = `
pg = service("postgres", "${server}", interface("main", "postgres", 5432), args = ["5432", "-c", "commit_delay=200", "-c", "commit_siblings=2"], observe = [wal_stream(tables = ["t"])])
writers = service("writers", "/bin/sh", interface("main", "tcp", 5433), args = ["-c", """
psql='psql -qX -h localhost -p 5432 -U postgres'
$psql -c 'CREATE TABLE t (who int, n int, PRIMARY KEY (who, n))'
for who in 1 2 3 4 5 6 7 8; do (for n in 1 2 3 4 5 6 7 8 9 10; do echo "INSERT INTO t VALUES ($who, $n);"; done | $psql) & done
wait; exec bin/linux/mock-db"""], depends_on = [pg], env = {"PORT": "5433"}, healthcheck = tcp("localhost:5433"))
def test_load():
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

test('that a table which nobody observes has no changes is not proven; of those that are observed it is', async () => {
  const { stdout, code } = await at.test(
    topology(
      'late',
      `
def test_observed():
    api.post("/orders", body = "widget")
    assert_never(type = "wal", table = "orders", action = "DELETE")
    assert_never(where = lambda e: e.table == "orders" and e.action == "UPDATE")
def test_by_filter():
    assert_never(table = "invoices")
def test_one_of_two():
    assert_never(where = lambda e: e.table in ["orders", "invoices"])
def test_by_predicate():
    assert_never(where = lambda e: e.table in ["invoices", "bills"])
`,
    ),
  );
  expect([code, stdout]).toEqual([4, expect.stringContaining('4 tests: 1 passed, 3 inconclusive')]);
  expect(stdout).toContain('Absence is not proven: no source observes the table invoices.');
  expect(stdout).toContain('no attached source can produce events of type wal with table invoices or bills');
});
