import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { faultbox, Playground, root, type Trace } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const messages = (trace: Trace, i = 0) => trace.tests[i]!.events.filter((e) => e.type === 'topic').map((e) => e.data);

test.each(['orders.star', 'events.star'])('the example %s passes, every message with a certain place behind its append', async (spec) => {
  const ended = await faultbox(at.dir, ['test', join(root, 'examples', 'kafka', spec), '--strict', '--output', 'trace.json']);
  expect(ended.stdout).toContain('2 tests: 2 passed');
  expect(ended.code).toBe(0);
  for (const { events } of (JSON.parse(at.read('trace.json')) as Trace).tests) {
    for (const message of events.filter((e) => e.type === 'topic')) {
      expect(message.causes).toMatchObject([{ rule: 'topic', certain: true }]);
      const append = events.find((e) => e.seq === message.causes[0]!.seq)!;
      expect([append.service, append.syscall, append.path]).toEqual(['kafka', 'write', expect.stringMatching(/\/orders-\d\/0+\.log$/)]);
      expect(events.find((e) => e.type === 'step_send')!.seq).toBeLessThan(append.seq);
    }
  }
});

const nats = (observe: string, args = '') => `
nats = service("nats", "nats-server",
    interface("main", "nats", 4222),
    args = ["-a", "127.0.0.1", "-p", "4222"${args}],
    healthcheck = ready(),
    observe = [${observe}],
)
`;

test('a subject of NATS: each message is an event, wildcards included, and a barrier has seen what was published before it', async () => {
  const { ended, trace } = await at.trace(`${nats('topic("orders.>")')}
def test_subject():
    for i in range(20):
        assert_true(nats.publish("orders.%d" % i, {"id": i}).ok)
    nats.publish("other", "unseen")
    assert_eq(len(events(type = "topic")), 20)
    assert_never(where = lambda e: e.type == "topic" and e.topic == "orders.20")

def test_nobody_answers():
    assert_eq(nats.request("nobody", "hello").error, "nobody answers requests on nobody: it has no responders")
    # Who observes it might answer, as far as the server knows.
    assert_eq(nats.request("orders.help", "hello", timeout = "500ms").error, "no answer within 500 ms")
    assert_eq(nats.publish("nobody", "x" * 1048577).error, "the message is larger than the 1048576 bytes that the server takes")
`);
  expect(ended.stdout).toMatch(/✓ test_subject/);
  expect(ended.code).toBe(0);
  expect(messages(trace)).toEqual(Array.from({ length: 20 }, (_, i) => ({ id: i })));
});

test('a subject on which no message can be sent is an error of the spec, with its place', async () => {
  const subjects = ['orders new', 'orders..new', 'orders.\\r\\nPING', 'orders.*', '>.orders'];
  const { ended } = await at.trace(`${nats('topic("orders.>")')}
${subjects.map((subject, i) => `def test_${i}():\n    nats.publish("${subject}", "x")`).join('\n')}
`);
  expect(ended.code).toBe(2);
  for (const [i] of subjects.entries()) expect(ended.stdout).toContain(`spec.star:${10 + 2 * i}:`);
  expect(ended.stdout.match(/is no subject: it has words without white space/g)).toHaveLength(3);
  expect(ended.stdout.match(/has the wildcard [*>]; a message is sent on one subject/g)).toHaveLength(2);
});

test('a message that the server does not permit is an error of its step, and a subscription that it does not permit proves nothing of its subject', async () => {
  at.write(
    'nats.conf',
    'authorization { users = [{ user: me, password: x, permissions: { subscribe: { deny: "secret" }, publish: { deny: "mute" } } }] }\nno_auth_user: me\n',
  );
  const { ended, trace } =
    await at.trace(`${nats('topic("secret"), topic("open"), topic("open.*")', `, "-c", "${join(at.dir, 'nats.conf')}"`)}
def test_permissions():
    assert_eq(nats.publish("mute", "x").error, "the server does not permit this client to publish to mute: allow it in the permissions of its authorization")
    assert_true(nats.publish("secret", "x").ok)
    assert_never(type = "topic", topic = "open")
    assert_never(where = lambda e: e.topic == "open.too")
    assert_never(type = "topic")
def test_not_observed():
    assert_never(type = "topic", topic = "shut")
`);
  expect([ended.code, trace.tests[0]!.verdict]).toEqual([4, 'inconclusive']);
  expect(ended.stdout).toContain('the subscription failed: the server does not permit this client to subscribe to secret');
  const [open, openToo, any] = trace.tests[0]!.assertions.filter((a) => a.name === 'assert_never');
  expect([open!.verdict, openToo!.verdict, any!.verdict]).toEqual(['passed', 'passed', 'inconclusive']);
  expect(ended.stdout).toContain('of type topic with topic shut');
});

test("a broker that advertises a port which is not the spec's is not looked for there, and one that makes no topics says so", async () => {
  const broker = (name: string, port: number, ...settings: string[]) => `
${name} = service("${name}", "${join(root, 'examples', 'services', 'kafka.sh')}",
    interface("main", "kafka", ${port}),
    args = ${JSON.stringify([String(port), ...settings])},
    healthcheck = ready(timeout = "60s"),
)
`;
  const { ended } =
    await at.trace(`${broker('astray', 9092, 'advertised.listeners=PLAINTEXT://localhost:9999')}${broker('strict', 9192, 'auto.create.topics.enable=false')}
def test_refused():
    assert_eq(astray.publish("orders", "x").error, "a broker advertises port 9999, which no interface of the spec has")
    assert_eq(strict.publish("orders", "x", timeout = "4s").error, "the topic orders does not exist, and the broker makes none")
`);
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
});
