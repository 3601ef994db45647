import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Playground, type Trace } from '../faultbox.ts';

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const redis = (...polls: string[]) => `
redis = service("redis", "redis-server",
    interface("main", "redis", 6379),
    args = ["--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"],
    healthcheck = ready(),
    observe = [${polls.join(', ')}],
)
`;

const polled = (trace: Trace, i = 0) => trace.tests[i]!.events.filter((e) => e.type === 'poll').map((e) => e.data);

describe('a Redis command', () => {
  test('its first answer is the baseline; each change is one event, with the value before', async () => {
    const { ended, trace } = await at.trace(`${redis('poll(command = "GET k", interval = "10ms")')}
def test_changes():
    for value in ["a", "b", "b", "with \\"quotes\\" and ü"]:
        assert_eq(redis.command("SET", "k", value).data, "OK")
        events(type = "poll")
    redis.command("DEL", "k")
`);
    expect(ended.code).toBe(0);
    const command = 'GET k';
    expect(polled(trace)).toEqual([
      { value: 'a', exists: true, previous: '', command },
      { value: 'b', exists: true, previous: 'a', command },
      { value: 'with "quotes" and ü', exists: true, previous: 'b', command },
      { value: '', exists: false, previous: 'with "quotes" and ü', command },
    ]);
  });

  test('a barrier samples: what was there before it is seen, however long the interval', async () => {
    const { ended, trace } = await at.trace(`${redis('poll(command = "GET k", interval = "10m")')}
def test_seen():
    redis.command("SET", "k", "v")
    assert_eq(assert_eventually(where = lambda e: e.type == "poll").data["value"], "v")
`);
    expect(ended.stdout).toMatch(/✓ test_seen/);
    expect(polled(trace)).toHaveLength(1);
  });

  test('answers of any type are text: lists as JSON, numbers, quoted arguments as redis-cli takes them', async () => {
    const { trace } =
      await at.trace(`${redis('poll(command = "LRANGE \'a list\' 0 -1", interval = "10ms")', 'poll(command = "INCR n", interval = "10m")')}
def test_types():
    redis.command("RPUSH", "a list", "x", "y")
    events(type = "poll")
`);
    expect(polled(trace)).toContainEqual({ value: '["x","y"]', exists: true, previous: '[]', command: "LRANGE 'a list' 0 -1" });
    expect(polled(trace)).toContainEqual(expect.objectContaining({ value: '2', previous: '1', command: 'INCR n' }));
  });

  test('integers keep their digits and bytes theirs: each change of one is seen', async () => {
    const { ended, trace } =
      await at.trace(`${redis('poll(command = "GET bytes", interval = "10m")', 'poll(command = "INCR n", interval = "10m")')}
def test_exact():
    redis.command("SET", "n", "9007199254740992")
    for byte in ["254", "255"]:
        redis.command("EVAL", "redis.call('SET', 'bytes', '\\\\" + byte + "')", 0)
        events(type = "poll")
    assert_eq(redis.command("get", "bytes").data, {"base64": "/w=="})
    assert_eq(redis.command("EVAL", "return {9007199254740991, redis.error_reply('E no')}", 0).data, [9007199254740991, {"error": "E no"}])
`);
    expect([ended.code, ended.stdout]).toEqual([0, expect.stringContaining('1 passed')]);
    const values = (command: string) =>
      polled(trace)
        .filter((d) => d['command'] === command)
        .map((d) => d['value']);
    expect(values('GET bytes')).toEqual(['{"base64":"/g=="}', '{"base64":"/w=="}']);
    expect(values('INCR n').slice(0, 2)).toEqual(['9007199254740993', '9007199254740994']);
  });

  test('a command that would make its connection a stream is refused with a sentence', async () => {
    const { ended } = await at.trace(`${redis()}
def test_refused():
    for name in ["SUBSCRIBE", "monitor"]:
        assert_true("makes the connection a stream" in redis.command(name, "channel").error)
`);
    expect([ended.code, ended.stdout, ended.stderr]).toEqual([0, expect.stringContaining('1 passed'), '']);
  });

  test('a failing sample is an event; repeated failure is a gap, and nothing is proven then', async () => {
    const { ended, trace } = await at.trace(`${redis('poll(command = "INCR k", interval = "10ms")')}
def test_fails():
    redis.command("SET", "k", "no number")
    found = assert_eventually(where = lambda e: e.type == "poll" and "error" in e.data)
    assert_true("not an integer" in found.data["error"])
    assert_eventually(where = lambda e: e.type == "gap" and "samples fail" in e.data["reason"])
    assert_never(where = lambda e: e.type == "poll" and e.data["value"] == "never")
`);
    expect(ended.stdout).toMatch(/\? test_fails/);
    expect(ended.stdout).toContain('Absence is not proven: source poll/redis/INCR k is not complete');
    expect(ended.code).toBe(4);
    expect(polled(trace).filter((d) => 'error' in d)).toHaveLength(1);
  });

  test('absence passes as sampled, and is inconclusive under --strict', async () => {
    const spec = `${redis('poll(command = "GET k", interval = "10ms")')}
def test_nothing():
    assert_never(where = lambda e: e.type == "poll")
`;
    const plain = await at.test(spec);
    expect(plain.stdout).toMatch(/✓ test_nothing .*poll\/redis\/GET k: [0-9]+ samples, every 10 ms/);
    expect(plain.code).toBe(0);
    const strict = await at.test(spec, '--strict');
    expect(strict.code).toBe(4);
    expect(strict.stdout).toContain('--strict: 1 of the passed is vacuous or less than proven');
  });

  test('a command that the server refuses, or that is none, is an error that names it', async () => {
    const refused = await at.test(`${redis('poll(command = "GTE k")')}
def test_x():
    pass
`);
    expect(refused.stdout).toContain('poll(command="GTE k") on "redis" failed: ERR unknown command');
    expect(refused.code).toBe(3);
    const unclosed = await at.test(`${redis('poll(command = "GET \'k")')}
def test_x():
    pass
`);
    expect(unclosed.stdout).toContain('a quote is not closed');
  });
});

test("a program: its output is the value, and it finds the service's interfaces in its environment", async () => {
  at.write('ping.sh', '#!/bin/sh\nexec redis-cli -p "${MAIN_ADDR##*:}" GET k\n', 0o755);
  const { ended, trace } = await at.trace(`
redis = service("other", "redis-server", interface("main", "tcp", 6379),
    args = ["--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"],
    observe = [poll(command = "./ping.sh", interval = "20ms")],
)
def test_program():
    assert_eq(redis.send("SET k v"), "+OK")
    assert_eventually(type = "poll", value = "v")
`);
  expect(ended.stdout).toMatch(/✓ test_program/);
  expect(polled(trace)).toEqual([{ value: 'v', exists: true, previous: '', command: './ping.sh' }]);
});

test('a slow command delays no other, is never run twice at once, and is ended with its test', async () => {
  at.write('slow.sh', `#!/bin/sh\necho start >>${at.dir}/slow.log\nsleep 600 &\nwait\n`, 0o755);
  at.write('first.sh', '#!/bin/sh\nif [ -e first.done ]; then exec ./slow.sh; fi\ntouch first.done\n', 0o755);
  const { ended } = await at.trace(
    `
redis = service("redis", "redis-server", interface("main", "tcp", 6379),
    args = ["--port", "6379", "--bind", "127.0.0.1", "--save", "", "--dir", "/tmp"],
    observe = [poll(command = "./first.sh", interval = "10ms"), poll(command = "redis-cli -p 1 --version", interval = "10ms")],
)
def test_slow():
    sleep("200ms")
    assert_true(len(events(type = "lifecycle")) > 0)
    assert_never(where = lambda e: e.type == "poll" and e.data["value"] == "x")
`,
    '--deadline',
    '300ms',
  );
  expect(ended.stdout).toContain('source poll/redis/./first.sh is not complete: no sample has ended before the deadline');
  expect(ended.stdout).not.toContain('poll/redis/redis-cli -p 1 --version is not complete');
  expect(at.read('slow.log')).toBe('start\n');
  expect(programsNamed('sleep 600')).toBe(0);
});

function programsNamed(command: string): number {
  return readdirSync('/proc')
    .filter((pid) => /^[0-9]+$/.test(pid))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim() === command;
      } catch {
        return false;
      }
    }).length;
}

test('steps on redis: replies as values, errors as results, both ends of the step as events', async () => {
  const { ended, trace } = await at.trace(`${redis()}
def test_steps():
    assert_eq(redis.command("RPUSH", "l", "a", 2, 1.5).data, 3)
    assert_eq(redis.main.command("LRANGE", "l", 0, -1).data, ["a", "2", "1.5"])
    wrong = redis.command("INCR", "l")
    assert_eq((wrong.ok, wrong.data), (False, None))
    assert_true("wrong kind of value" in wrong.error)
`);
  expect(ended.stdout).toMatch(/✓ test_steps/);
  const steps = trace.tests[0]!.events.filter((e) => e.type.startsWith('step_'));
  expect(steps.map((e) => e.type)).toEqual(['step_send', 'step_recv', 'step_send', 'step_recv', 'step_send', 'step_recv']);
  expect(steps[3]!.data).toMatchObject({ service: 'redis', method: 'command', data: ['a', '2', '1.5'], error: '' });
  expect(steps[3]!.vector_clock['redis']).toBeGreaterThan(0);
});
