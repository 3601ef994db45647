import { afterEach, beforeEach, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const redis = `
redis = service("redis", "redis-server",
    interface("main", "redis", 6379),
    args = ["--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"],
    healthcheck = ready(),
    observe = [poll(command = "INCR samples", interval = "20ms")],
)
`;

test.each(['default', 'any', 'socket'])(
  "a fault on every write of a server (on=%s) leaves the poller's proof intact, and strikes the steps",
  async (on) => {
    const { ended, trace } = await at.trace(`${redis}
down = fault_assumption("down", target = redis, write = deny("EIO"${on === 'default' ? '' : `, on = "${on}"`}))

def set():
    return redis.command("SET", "k", "v", timeout = "500ms")

fault_scenario("writes_fail",
    scenario = set, faults = down,
    expect = lambda r: [
        assert_true(not r.ok, "the answer cannot be written"),
        assert_eventually(type = "poll"),
        assert_never(where = lambda e: e.type == "poll" and "error" in e.data),
    ],
)
`);
    expect(ended.stdout).toMatch(/✓ writes_fail/);
    const [{ sources, faults }] = trace.tests as [(typeof trace.tests)[0]];
    expect(sources.find((s) => s.source.startsWith('poll/'))).toMatchObject({ complete: true, lost: 0 });
    expect(faults[0]!.hits).toBeGreaterThan(0);
  },
);

test('calls on our own connections are no events of the service; those of steps are', async () => {
  const { trace } = await at.trace(`${redis}
def test_seen():
    redis.command("SET", "k", "v")
    sleep("100ms")
`);
  const peers = trace.tests[0]!.events.filter((e) => e.service === 'redis' && e.peer !== undefined).map((e) => e.peer!);
  expect(peers.some((peer) => /127\.0\.0\.1:61[0-9]{3}/.test(peer))).toBe(false);
  expect(peers).toContain('test');
  expect(trace.tests[0]!.events.filter((e) => e.type === 'poll').length).toBeGreaterThan(2);
});
