import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { processes } from '../crash/machine.ts';
import { faultbox, Playground, root, runOf, type Trace } from '../faultbox.ts';

const secret = 'pass-4711-kept';
const wrong = 'wr0ng-7731-kept';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

/** The lines of a service and its test: a server that takes its login from its own environment, as faultbox does. */
const redis = (env: Readonly<Record<string, string>>, observe = '') => {
  at.write(
    'redis.conf',
    `port 6379\nbind 127.0.0.1\nsave ""\ndir /tmp\nuser default on >${secret} ~* &* +@all\nuser watcher on >${secret} ~seen resetchannels +get +ping +acl\n`,
  );
  return service('redis', 'redis-server', 6379, ['redis.conf'], env, observe);
};

const nats = (env: Readonly<Record<string, string>>, observe = '') => {
  at.write('nats.conf', `listen: "127.0.0.1:4222"\nauthorization { user: me, password: "${secret}" }\n`);
  return service('nats', 'nats-server', 4222, ['-c', 'nats.conf'], env, observe);
};

const kafka = (env: Readonly<Record<string, string>>, observe = '') => {
  const settings = [
    'listeners=SASL_PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093',
    'advertised.listeners=SASL_PLAINTEXT://localhost:9092',
    'listener.security.protocol.map=SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'security.inter.broker.protocol=SASL_PLAINTEXT',
    'sasl.mechanism.inter.broker.protocol=PLAIN',
    'sasl.enabled.mechanisms=PLAIN',
    `listener.name.sasl_plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required username="me" password="${secret}" user_me="${secret}";`,
  ];
  const words = settings.map((setting) => `'${setting}'`).join(' ');
  at.write('kafka.sh', `#!/bin/sh\nexec '${join(root, 'examples', 'services', 'kafka.sh')}' 9092 ${words}\n`, 0o755);
  return service('kafka', './kafka.sh', 9092, [], env, observe);
};

function service(name: string, program: string, port: number, args: readonly string[], env: object, observe: string): string {
  return `
${name} = service("${name}", "${program}",
    interface("main", "${name}", ${port}),
    args = ${JSON.stringify(args)},
    env = ${JSON.stringify(env)},
    healthcheck = ready(timeout = "60s"),
    observe = [${observe}],
)
`;
}

const right = {
  redis: { REDIS_PASSWORD: secret },
  nats: { NATS_USER: 'me', NATS_PASSWORD: secret },
  kafka: { KAFKA_USERNAME: 'me', KAFKA_PASSWORD: secret },
};
/** Where our own connections come from. */
const observer = /127\.0\.0\.1:61[0-9]{3}/;
const idle = 'def test_idle():\n    pass\n';
const eventsOf = (trace: Trace, type: string) => trace.tests[0]!.events.filter((e) => e.type === type).map((e) => e.data);

test('Redis: steps, ready() and a poll log in, and absence is proven', async () => {
  const { ended, trace } = await at.trace(`${redis(right.redis, 'poll(command = "GET seen", interval = "10ms")')}
def test_redis():
    assert_eq(redis.command("SET", "seen", "v").data, "OK")
    assert_eventually(type = "poll", value = "v")
    assert_never(where = lambda e: e.type == "poll" and "error" in e.data)
`);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  expect(eventsOf(trace, 'poll')).toMatchObject([{ value: 'v', previous: '' }]);
});

test('Redis: a user of the ACL does what it may; what it may not do is an error that names the permission', async () => {
  const watcher = { REDIS_USERNAME: 'watcher', REDIS_PASSWORD: secret };
  const { ended } = await at.trace(`${redis(watcher, 'poll(command = "GET seen")')}
def test_watcher():
    assert_true(redis.command("GET", "seen").ok)
    refused = redis.command("SET", "seen", "v").error
    assert_true("NOPERM" in refused and "'set'" in refused and 'give "watcher" the permission with ACL SETUSER' in refused)
`);
  expect(ended.code).toBe(0);
  const polled = await at.test(`${redis(watcher, 'poll(command = "GET hidden")')}${idle}`);
  expect([polled.code, polled.stdout]).toEqual([
    3,
    expect.stringMatching(/poll\(command="GET hidden"\) on "redis" failed: NOPERM .*ACL SETUSER/),
  ]);
});

test('ready() waits for a user that the service makes after it has begun to answer', async () => {
  const make = `redis-cli --no-auth-warning -a ${secret} ACL SETUSER late on '>${secret}' '~*' +@all`;
  at.write('late.sh', `#!/bin/sh\n(sleep 1; ${make}) &\nexec redis-server redis.conf\n`, 0o755);
  const spec = redis({ REDIS_USERNAME: 'late', REDIS_PASSWORD: secret }).replace('"redis-server"', '"./late.sh"');
  const { ended } = await at.trace(`${spec}
def test_late():
    assert_eq(redis.command("ACL", "WHOAMI").data, "late")
`);
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('✓ test_late')]);
});

test('Redis: a permission that is taken away meanwhile is a gap that names it, and nothing is proven', async () => {
  const watcher = { REDIS_USERNAME: 'watcher', REDIS_PASSWORD: secret };
  const { ended } = await at.trace(`${redis(watcher, 'poll(command = "GET seen", interval = "10ms")')}
def test_taken():
    assert_true(redis.command("ACL", "SETUSER", "watcher", "-get").ok)
    assert_eventually(where = lambda e: e.type == "gap" and "NOPERM" in e.data["reason"] and "ACL SETUSER" in e.data["reason"])
    assert_never(type = "poll", value = "never")
`);
  expect([ended.code, ended.stdout]).toEqual([
    4,
    expect.stringMatching(/poll\/redis\/GET seen is not complete: the sample failed: NOPERM/),
  ]);
});

test('Redis: a poll logs in again after a restart of the server, and proves its samples as before', async () => {
  at.write(
    'again.sh',
    '#!/bin/sh\ntrap "kill \\$server; exit" TERM\nwhile :; do redis-server redis.conf & server=$!; wait $server; done\n',
    0o755,
  );
  const spec = redis(right.redis, 'poll(command = "GET seen", interval = "10m")').replace('"redis-server"', '"./again.sh"');
  const { ended, trace } = await at.trace(`${spec}
def test_restart():
    redis.command("SHUTDOWN", "NOSAVE")
    for i in range(500):
        if redis.command("SET", "seen", "after").ok:
            break
        sleep("10ms")
    assert_eventually(type = "poll", value = "after")
    assert_never(type = "poll", value = "never")
`);
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('✓ test_restart')]);
  expect(trace.tests[0]!.sources.find((s) => s.source.startsWith('poll/'))).toMatchObject({ complete: true, lost: 0 });
});

test('Redis and NATS without a password take a login that is given, and nobody is warned', async () => {
  at.write('nats.conf', '');
  const { ended } = await at.trace(`
redis = service("redis", "redis-server", interface("main", "redis", 6379), healthcheck = ready(),
    args = ["--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"],
    env = {"REDIS_PASSWORD": "${secret}"}, observe = [poll(command = "GET k")],
)
nats = service("nats", "nats-server", interface("main", "nats", 4222), healthcheck = ready(),
    args = ["-a", "127.0.0.1", "-p", "4222"], env = {"NATS_TOKEN": "${secret}"}, observe = [topic("a")],
)
def test_open():
    assert_true(redis.command("SET", "k", "v").ok)
    assert_true(nats.publish("a", {}).ok)
    assert_eq(len(events(type = "topic")), 1)
`);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
});

test('NATS: steps, ready() and a topic log in', async () => {
  const { ended, trace } = await at.trace(`${nats(right.nats, 'topic("orders.>")')}
def test_nats():
    assert_true(nats.publish("orders.1", {"id": 1}).ok)
    assert_eq(nats.request("nobody", "x").error, "nobody answers requests on nobody: it has no responders")
    assert_never(where = lambda e: e.type == "topic" and e.data["id"] == 2)
`);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  expect(eventsOf(trace, 'topic')).toEqual([{ id: 1 }]);
});

test('Kafka: steps, ready() and a topic log in; a message stands behind its append as ever', async () => {
  const { ended, trace } = await at.trace(`${kafka(right.kafka, 'topic("orders")')}
def test_kafka():
    assert_true(kafka.publish("orders", {"id": 1}).ok)
    assert_never(where = lambda e: e.type == "topic" and e.data["id"] == 2)
`);
  expect([ended.code, ended.stderr]).toEqual([0, '']);
  const [message] = trace.tests[0]!.events.filter((e) => e.type === 'topic');
  expect(message).toMatchObject({ data: { id: 1 }, causes: [{ rule: 'topic', certain: true }] });
  expect(trace.tests[0]!.events.filter((e) => observer.test(e.peer ?? ''))).toEqual([]);
});

test('a fault on every write of a server strikes no login and no answer of our own connections, whose calls are no events', async () => {
  const { ended, trace } =
    await at.trace(`${redis(right.redis, 'poll(command = "INCR seen", interval = "20ms")')}${nats(right.nats, 'topic("orders")')}
down = [fault_assumption("down_%s" % s.name, target = s, write = deny("EIO")) for s in [redis, nats]]

def both():
    return [redis.command("PING", timeout = "500ms"), nats.publish("orders", "x", timeout = "500ms")]

fault_scenario("writes_fail",
    scenario = both, faults = down,
    expect = lambda r: [
        assert_true(not r[0].ok and not r[1].ok, "no answer can be written"),
        assert_eventually(type = "poll"),
        assert_never(where = lambda e: e.type == "poll" and "error" in e.data),
        assert_never(type = "topic"),
    ],
)
`);
  expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('✓ writes_fail')]);
  const [{ sources, faults, events }] = trace.tests as [(typeof trace.tests)[0]];
  for (const kind of ['poll/', 'topic/']) expect(sources.find((s) => s.source.startsWith(kind))).toMatchObject({ complete: true, lost: 0 });
  for (const { hits } of faults) expect(hits).toBeGreaterThan(0);
  expect(events.filter((e) => observer.test(e.peer ?? ''))).toEqual([]);
});

describe.each([
  ['Redis', () => redis, {}, { REDIS_PASSWORD: wrong }, 'set REDIS_PASSWORD', 'redis.command("PING")'],
  ['NATS', () => nats, {}, { NATS_USER: 'me', NATS_PASSWORD: wrong }, 'set NATS_USER and NATS_PASSWORD', 'nats.publish("a", "x")'],
  ['Kafka', () => kafka, {}, { KAFKA_USERNAME: 'me', KAFKA_PASSWORD: wrong }, 'set KAFKA_USERNAME', 'kafka.publish("a", "x")'],
])('%s without a login, and with a wrong one', (_, of, none, bad, remedy, step) => {
  test.each([none, bad])('ready() with %j says what to set, and no secret', async (env) => {
    const ended = await at.test(`${of()(env)}${idle}`);
    expect([ended.code, ended.stdout]).toEqual([3, expect.stringMatching(new RegExp(`runs, but refuses faultbox: .*${remedy}`))]);
    expect(ended.stdout + ended.stderr).not.toMatch(/-kept/);
  });

  test('a step has an error that says what to set, and no secret', async () => {
    const { ended } = await at.trace(
      `${of()(bad).replace('ready(timeout', 'tcp("localhost:%d" % PORT, timeout')}
def test_step():
    assert_true("${remedy}" in ${step}.error)
`.replace('PORT', { Redis: '6379', NATS: '4222', Kafka: '9092' }[_]!),
    );
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
    expect(ended.stdout + at.read('trace.json')).not.toMatch(/-kept/);
  });
});

test('half a login on one line with a password is said without it', async () => {
  const { code, stderr } = await at.test(`k = service("k", "k", interface("main", "kafka", 9092), env = {"KAFKA_PASSWORD": "${secret}"})`);
  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('spec.star:1:5: service("k"): env: KAFKA_PASSWORD is set without KAFKA_USERNAME'),
  ]);
  expect(stderr).toContain('"KAFKA_PASSWORD": "***');
  expect(stderr).not.toContain(secret);
});

test('a password is in no output, no trace, no explanation, no list of processes, and no file that others can read', async () => {
  at.write(
    'spec.star',
    `${redis(right.redis, 'poll(command = "GET seen", interval = "10ms")')}${nats(right.nats, 'topic("orders")')}
def test_secret():
    redis.command("SET", "seen", "v")
    nats.publish("orders", {"id": 1})
    assert_eventually(type = "poll", value = "v")
    assert_never(type = "topic", id = 2)
`,
  );
  let shown = false;
  const watch = setInterval(() => (shown ||= processes().some(({ command }) => command.includes(secret))), 20);
  const ended = await faultbox(at.dir, ['test', 'spec.star', '--output', 'trace.json', '--shiviz', 'trace.shiviz']);
  clearInterval(watch);
  expect([ended.code, shown]).toEqual([0, false]);
  const explained = await faultbox(at.dir, ['explain', runOf(ended)]);
  expect(explained.code).toBe(0);
  const said = [ended, explained].map(({ stdout, stderr }) => stdout + stderr);
  for (const text of [...said, at.read('trace.json'), at.read('trace.shiviz')]) expect(text).not.toContain(secret);
  expect(withinReach(join(at.dir, '.faultbox'))).toEqual([]);
});

/** Everything that others than its owner can reach below a folder. */
function withinReach(dir: string): string[] {
  const mode = (file: string) => statSync(file).mode & 0o077;
  if (mode(dir) === 0) return [];
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const file = join(dir, entry.name);
    return entry.isDirectory() ? withinReach(file) : mode(file) === 0 ? [] : [file];
  });
}
