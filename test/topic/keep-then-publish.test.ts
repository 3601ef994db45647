import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';
import { kafkaSpec } from './spec.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

/** Orders that are kept in a journal and published, `late` or `early`; each round is a test of its own. */
const orders = (publish: string, rounds: number) =>
  kafkaSpec(`
api = service("api", "bin/linux/orders-events",
    interface("http", "http", 8080),
    env = {"KAFKA_ADDR": kafka.main.addr, "PUBLISH": "${publish}"},
    depends_on = [kafka],
    healthcheck = http("localhost:8080/health"),
)
kept = {"syscall": "fdatasync", "service": "api", "path": "*/orders.journal"}
published = {"type": "topic", "topic": "orders"}
${Array.from(
  { length: rounds },
  (_, i) => `
def test_${i}():
    assert_eq(api.post("/orders", body = "widget").status, 201)
    assert_before(first = kept, then = published)
`,
).join('')}`);

describe('kept, then published', () => {
  test('the service that does so passes, and nothing about it is assumed', async () => {
    const { ended, trace } = await at.trace(orders('late', 2), '--strict');
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('2 tests: 2 passed')]);
    for (const { events } of trace.tests) {
      const message = events.find((e) => e.type === 'topic')!;
      const [cause] = message.causes;
      expect(cause).toMatchObject({ rule: 'topic', certain: true, seq: message.seq - 1 });
      const write = events.find((e) => e.seq === cause!.seq)!;
      expect([write.service, write.syscall, write.path]).toEqual(['kafka', 'write', expect.stringMatching(/\/orders-0\/0{20}\.log$/)]);
    }
  });

  test('its twin, which publishes first, fails each time', async () => {
    const { ended } = await at.trace(orders('early', 2), '--strict');
    expect([ended.code, ended.stdout]).toEqual([1, expect.stringContaining('2 tests: 2 failed')]);
    expect(ended.stdout).toContain('The order is the other way round');
  });
});
