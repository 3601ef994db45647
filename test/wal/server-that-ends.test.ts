import { expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';
import { topology } from './orders.ts';

test('a server that gives up on a full disk: seldom asked while it recovers, and nothing of it is proven once it has ended', async () => {
  const at = new Playground();
  try {
    const { ended, trace } = await at.trace(
      topology(
        'late',
        `
full = fault_assumption("full_disk", target = pg, write = deny("ENOSPC", on = "file"))
fault_scenario("full_disk", scenario = lambda: api.post("/orders", body = "widget"), faults = full, expect = lambda r: [
    assert_eq(r.status, 500),
    assert_eventually(where = lambda e: e.type == "lifecycle" and e.service == "postgres" and e.data["event"] == "exited", within = "60s"),
    assert_never(type = "wal"),
])`,
      ),
    );
    expect(ended.stdout).toContain('source wal/postgres is not complete: the service exited with code 1');
    expect(ended.code).toBe(4);
    const refused = trace.tests[0]!.events.filter((e) => e.type === 'stderr' && /in recovery mode/.test(String(e.data['msg'])));
    expect(refused.length).toBeLessThan(60);
  } finally {
    at.remove();
  }
});
