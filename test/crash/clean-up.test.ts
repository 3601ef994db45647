import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { command, pair, Playground } from '../faultbox.ts';
import { leftovers, tree, until } from './machine.ts';
import { randomOf, seed } from './random.ts';

const kills = Number(process.env['FAULTBOX_SOAK_KILLS'] ?? 10);
const victims = ['faultbox', 'launch', 'tracer', 'correlator', 'collector-syscall', 'collector-stdout', 'keeper'] as const;

const spec = `${pair}
def test_long():
    for i in range(400):
        api.post("/data/k", body = "v%d" % i)
`;
const quick = 'def test_nothing():\n    pass\n';

let kafka: LocalKafka;
beforeAll(async () => {
  kafka = await LocalKafka.start();
});
afterAll(() => kafka.end());

let at: Playground;
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const start = (...flags: string[]) => {
  at.write('long.star', spec);
  const child = spawn(command, ['test', 'long.star', '--deadline', '500ms', ...flags], { cwd: at.dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (text += String(d)));
  return { child, ended: once(child, 'close'), output: () => text };
};
const find = (pid: number, victim: string) =>
  victim === 'faultbox'
    ? pid
    : tree(pid).find((p) => p.command.includes(`/build/${victim} `) || p.command.includes(`services/${victim}/`))?.pid;

/** After whatever happened, the next run starts, passes, and nothing of either is left. */
const cleanAfterNextRun = async () => {
  const { code, stdout } = await at.test(quick);
  expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_nothing')]);
  await until(() => leftovers(at.dir).length === 0);
  expect(leftovers(at.dir)).toEqual([]);
};

/** Every third run has its records on Kafka. */
describe(`SIGKILL at a random moment leaves nothing behind (FAULTBOX_SEED=${seed})`, () => {
  test.each(
    Array.from({ length: kills }, (_, i) => [victims[i % victims.length]!, i % 3 === 2 ? 'Kafka' : 'the embedded log', i] as const),
  )('of %s, with %s (%i)', async (victim, bus, i) => {
    const run = start(...(bus === 'Kafka' ? ['--bus', kafka.bus] : []));
    const delay_ms = randomOf(`clean-up ${i}`)() * 600;
    await new Promise((resolve) => setTimeout(resolve, delay_ms));
    const pid = find(run.child.pid!, victim);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await run.ended;
    expect(run.output()).not.toMatch(/\n\s+at .*\.[jt]s:[0-9]+/);
    await cleanAfterNextRun();
  });
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends the run and everything of it', async (signal) => {
  const run = start();
  await until(() => tree(run.child.pid!).some((p) => p.command.includes('mock-api')));
  run.child.kill(signal);
  const [code] = (await run.ended) as [number];
  expect(code).toBe(130);
  await until(() => leftovers(at.dir).length === 0);
  expect(leftovers(at.dir)).toEqual([]);
});

test('a run that still waits for its broker ends at once too', async () => {
  const dumb = createServer(() => run.child.kill('SIGINT')).listen(0, '127.0.0.1');
  await once(dumb, 'listening');
  const run = start('--bus', `kafka://127.0.0.1:${(dumb.address() as AddressInfo).port}?registry=http://127.0.0.1:1&patience_ms=600000`);
  expect(await run.ended).toEqual([130, null]);
  expect(run.output()).toBe('The run was interrupted.\n');
  dumb.close();
});

describe('a collector that dies makes what depends on it inconclusive, and says so', () => {
  test.each([
    [
      'collector-stdout',
      'e.type == "stdout" and e.data.get("level") == "FATAL"',
      /stdout\/(db|api) is not complete: collector-stdout was ended by SIGKILL/,
    ],
    [
      'collector-syscall',
      'e.type == "syscall" and e.syscall == "unlink"',
      /syscall\/(db|api) is not complete: collector-syscall was ended by SIGKILL/,
    ],
    ['tracer', 'e.type == "syscall" and e.syscall == "unlink"', /syscall\/(db|api) is not complete/],
  ])('%s', async (victim, predicate, message) => {
    at.write(
      'spec.star',
      `${pair}
def test_absence():
    sleep("1s")
    assert_never(where = lambda e: ${predicate})
`,
    );
    const child = spawn(command, ['test', 'spec.star', '--deadline', '1s'], { cwd: at.dir, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (d) => (stdout += String(d)));
    const ended = once(child, 'close');
    await until(() => tree(child.pid!).some((p) => p.command.includes('mock-api')));
    await until(() => find(child.pid!, victim) !== undefined);
    process.kill(find(child.pid!, victim)!, 'SIGKILL');
    const [code] = (await ended) as [number];
    expect(stdout).toMatch(message);
    expect(code).toBe(4);
  });

  test('before the scenario begins: the test starts afresh, with another one', async () => {
    at.write(
      'spec.star',
      `
redis = service("redis", "/bin/sh", interface("main", "redis", 6379), healthcheck = ready(), observe = [poll(command = "GET k")],
    args = ["-c", "while [ ! -e go ]; do sleep 0.01; done; exec redis-server --port 6379 --bind 127.0.0.1 --save '' --dir /tmp"])
def test_observed():
    redis.command("SET", "k", "v")
    assert_eventually(type = "poll", value = "v")
`,
    );
    const child = spawn(command, ['test', 'spec.star'], { cwd: at.dir, stdio: ['ignore', 'pipe', 'inherit'] });
    let stdout = '';
    child.stdout.on('data', (d) => (stdout += String(d)));
    const ended = once(child, 'close');
    await until(() => tree(child.pid!).some((p) => p.command.startsWith('/bin/sh -c while')));
    process.kill(find(child.pid!, 'collector-poll')!, 'SIGKILL');
    await until(() => find(child.pid!, 'collector-poll') === undefined);
    at.write('go', '');
    const [code] = (await ended) as [number];
    expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_observed')]);
  });

  test.each(['collector-stdout', 'collector-syscall'])(
    '%s stopped by SIGSTOP is not waited for beyond the deadline, and never passes',
    async (victim) => {
      at.write(
        'spec.star',
        `${pair}
def test_absence():
    sleep("1s")
    assert_never(where = lambda e: e.data.get("level") == "FATAL")
`,
      );
      const child = spawn(command, ['test', 'spec.star', '--deadline', '500ms'], { cwd: at.dir, stdio: ['ignore', 'pipe', 'inherit'] });
      let stdout = '';
      child.stdout.on('data', (d) => (stdout += String(d)));
      const ended = once(child, 'close');
      await until(() => tree(child.pid!).some((p) => p.command.includes('mock-api')));
      const pid = find(child.pid!, victim)!;
      process.kill(pid, 'SIGSTOP');
      const resumed = setTimeout(() => process.kill(pid, 'SIGCONT'), 6000);
      const [code] = (await ended) as [number];
      clearTimeout(resumed);
      expect(stdout).toMatch(new RegExp(`${victim} did not answer within 500 ms`));
      expect(code).toBe(4);
    },
  );
});
