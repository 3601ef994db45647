import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';
import { leftovers, until } from '../crash/machine.ts';
import { topology } from './orders.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const commitThenPublish = (name: string) => `
def test_${name}():
    assert_eq(api.post("/orders", body = "widget").status, 201)
    assert_before(first = inserted, then = published)
`;

describe('commit, then publish', () => {
  test('the service that does so passes, three times in a row', async () => {
    const tests = Array.from({ length: 3 }, (_, i) => commitThenPublish(String(i))).join('');
    const { ended, trace } = await at.trace(topology('late', tests));
    expect(ended.stdout).toContain('3 tests: 3 passed');
    for (const { events } of trace.tests) {
      const row = events.find((e) => e.type === 'wal')!;
      expect(row).toMatchObject({ service: 'postgres', table: 'orders', action: 'INSERT', data: { new: { item: 'widget' } } });
      const write = events.find((e) => e.seq === row.causes.find((c) => c.rule === 'wal')!.seq)!;
      expect(write).toMatchObject({ syscall: 'pwrite64', service: 'postgres', path: expect.stringContaining('/pg_wal/') });
      expect(row.seq).toBe(write.seq + 1);
    }
  });

  test('its twin, which publishes first, fails each time', async () => {
    const tests = Array.from({ length: 3 }, (_, i) => commitThenPublish(String(i))).join('');
    const { stdout, code } = await at.test(topology('early', tests));
    expect([code, stdout]).toEqual([1, expect.stringContaining('3 tests: 3 failed')]);
  });
});

test('a row that was rolled back is provably not there, a table that is not there is vacuous, and nothing outlives the run', async () => {
  const { stdout, code } = await at.test(
    topology(
      'late',
      `
def test_rolled_back():
    assert_eq(api.post("/orders", body = "").status, 500)
    assert_never(where = lambda e: e.type == "wal" and e.data["action"] == "INSERT")
    api.post("/orders", body = "widget")
    assert_eq(len(events(type = "wal", table = "orders", action = "INSERT")), 1)
    assert_eventually(where = lambda e: e.type == "wal" and e.table == "orders" and e.data["new"]["id"] == 2 and e.xid > 0 and "/" in e.lsn)
`,
    ),
  );
  expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_rolled_back')]);
  const ghost = await at.test(
    topology('late', 'def test_ghost():\n    assert_never(where = lambda e: e.type == "wal")\n').replace('"orders"])', '"ghosts"])'),
    '--strict',
  );
  expect([ghost.code, ghost.stdout]).toEqual([1, expect.stringContaining('public.ghosts does not exist')]);
  await until(() => leftovers(at.dir).length === 0);
  expect(leftovers(at.dir)).toEqual([]);
});
