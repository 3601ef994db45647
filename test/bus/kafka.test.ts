import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adminOf } from '../../infra/kafka/admin.ts';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { faultbox, pair, Playground, runOf, startFaultbox, type Started, type Trace } from '../faultbox.ts';
import { emptyTopic } from './empty-topic.ts';
import { leftovers, tree, until } from '../crash/machine.ts';

let kafka: LocalKafka;
let at: Playground;
beforeAll(async () => {
  kafka = await LocalKafka.start();
});
afterAll(() => kafka.end());
beforeEach(() => {
  at = new Playground();
});
afterEach(() => at.remove());

const spec = `${pair}
def test_written():
    api.post("/data/color", body = "green")
    assert_eventually(where = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "SET")
    assert_never(where = lambda e: e.service == "db" and e.syscall == "rename")

def test_refused():
    with_fault = fault(db, write = deny("EIO"), run = lambda: api.post("/data/color", body = "red"))
    assert_eventually(where = lambda e: e.type == "fault")
`;
const long = `${pair}
def test_long():
    for i in range(400):
        api.post("/data/k", body = "v%d" % i)
    assert_never(where = lambda e: e.service == "db" and e.syscall == "rename")
`;
const events = (trace: Trace) =>
  trace.tests.map((t) => [t.name, t.verdict, t.events.map((e) => [e.seq, e.type, e.service, e.at, e.vector_clock])]);

/** Starts a run of the long spec. */
function start(settings = ''): Started {
  at.write('long.star', long);
  return startFaultbox(at.dir, ['test', 'long.star', '--bus', `${kafka.bus}${settings}`]);
}

describe('--bus kafka://', () => {
  test('a store that was deleted is filled from Kafka: the same verdicts, the same events', async () => {
    const { ended, trace } = await at.trace(spec, '--bus', kafka.bus);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(at.dir, '.faultbox', 'bus'))).toBe(false);
    at.removeStore();
    const checked = await faultbox(at.dir, ['check', runOf(ended), '--bus', kafka.bus, '--output', 'again.json']);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(events(JSON.parse(at.read('again.json')) as Trace)).toEqual(events(trace));
    expect(events(trace)[0]![2]!.length).toBeGreaterThan(20);
  });

  test('a run that it does not have is a mistake of the user', async () => {
    await at.test(spec, '--bus', kafka.bus);
    const { code, stderr } = await faultbox(at.dir, ['check', '00000000', '--bus', kafka.bus]);
    expect([code, stderr]).toEqual([2, expect.stringContaining('There is no run "00000000" at 127.0.0.1:')]);
  });

  test('a correlator that is killed is started again: nothing lost, nothing twice', async () => {
    const run = start();
    const correlator = () => tree(run.pid).find((p) => p.command.includes('services/correlator/'))?.pid;
    await until(() => correlator() !== undefined && tree(run.pid).some((p) => p.command.includes('mock-api')));
    process.kill(correlator()!, 'SIGKILL');
    const ended = await run.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toContain('✓ test_long');
  });

  test('a broker that is killed during a test and comes back changes no verdict', async () => {
    const run = start();
    await until(() => tree(run.pid).some((p) => p.command.includes('mock-api')));
    await kafka.killBroker();
    await kafka.startBroker();
    const ended = await run.ended;
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('a broker that never comes back: exit 3, what failed in a sentence, and nothing is left', async () => {
    const run = start('&patience_ms=2000');
    await until(() => tree(run.pid).some((p) => p.command.includes('mock-api')));
    await kafka.killBroker();
    try {
      const ended = await run.ended;
      expect(ended.code).toBe(3);
      expect(ended.stdout + ended.stderr).toMatch(/The broker at 127\.0\.0\.1:\d+ /);
      expect(ended.stdout + ended.stderr).not.toMatch(/\n\s+at .*\.[jt]s:[0-9]+/);
      await until(() => leftovers(at.dir).length === 0);
      expect(leftovers(at.dir)).toEqual([]);
    } finally {
      await kafka.startBroker();
    }
  });

  test('a topic that loses what it had acknowledged during a test: exit 3, what is missing, and nothing is left', async () => {
    const admin = await adminOf(kafka);
    at.write('long.star', `${long}\n    sleep("1s")\n`);
    const run = startFaultbox(at.dir, ['test', 'long.star', '--bus', kafka.bus]);
    await until(() => tree(run.pid).some((p) => p.command.includes('mock-api')));
    const correlator = tree(run.pid).find((p) => p.command.includes('services/correlator/'))!.pid;
    process.kill(correlator, 'SIGSTOP');
    await pause(500);
    await emptyTopic(admin);
    process.kill(correlator, 'SIGCONT');
    await admin.disconnect();
    const { code, stdout, stderr } = await run.ended;
    expect([code, stdout + stderr]).toEqual([3, expect.stringMatching(/had acknowledged .*, and does not have them any more/)]);
    expect(await until(() => leftovers(at.dir).length === 0)).toBe(true);
  });

  test('a broker that is silent for a while is waited for; a second Ctrl-C does not wait, and leaves nothing', async () => {
    const patient = start();
    await until(() => tree(patient.pid).some((p) => p.command.includes('mock-api')));
    kafka.pauseBroker();
    await pause(8000);
    kafka.resumeBroker();
    expect(await patient.ended).toMatchObject({ code: 0, stderr: '' });
    const given = start();
    await until(() => tree(given.pid).some((p) => p.command.includes('mock-api')));
    kafka.pauseBroker();
    const again = setInterval(() => process.kill(given.pid, 'SIGINT'), 1000);
    try {
      const ended = await given.ended;
      clearInterval(again);
      expect(ended).toMatchObject({ code: 130, stderr: 'The run was given up.\n' });
      expect(await until(() => leftovers(at.dir).length === 0)).toBe(true);
    } finally {
      clearInterval(again);
      kafka.resumeBroker();
    }
  });

  test('logs in with the password of the environment, which is in no list of processes', async () => {
    at.write('spec.star', spec);
    const { bus, password } = kafka.busWithLogin;
    const run = faultbox(at.dir, ['test', 'spec.star', '--bus', bus], { FAULTBOX_BUS_PASSWORD: password });
    let shown = false;
    const watch = setInterval(() => (shown ||= tree(process.pid).some((p) => p.command.includes(password))), 20);
    expect(await run).toMatchObject({ code: 0, stderr: '' });
    clearInterval(watch);
    expect(shown).toBe(false);
  });

  test('a wrong password: exit 3, where it is taken from, and not the password', async () => {
    at.write('spec.star', spec);
    const { code, stdout, stderr } = await faultbox(at.dir, ['test', 'spec.star', '--bus', kafka.busWithLogin.bus], {
      FAULTBOX_BUS_PASSWORD: 'wrong-7731',
    });
    expect([code, stderr]).toEqual([3, expect.stringMatching(/refused the login.*FAULTBOX_BUS_PASSWORD/)]);
    expect(stdout + stderr).not.toMatch(/wrong-7731|\n {4}at /);
  });

  test.each([
    ['kafka://', 'names no broker with its port'],
    ['kafka://localhost', 'names no broker with its port'],
    ['kafka://localhost:9092', 'names no schema registry'],
    ['kafka://someone:secret@localhost:9092?registry=http://localhost:8081', 'a password has no place in an address'],
    ['kafka://someone@localhost:9092?registry=http://localhost:8081', 'needs a mechanism'],
    ['kafka://localhost:9092?registry=http://localhost:8081&sasl=plain', 'sasl needs a user'],
    ['kafka://someone@localhost:9092?registry=http://localhost:8081&sasl=magic', '"magic" is no mechanism'],
    ['kafka://localhost:9092?registry=http://localhost:8081&tsl=1', 'there is no setting "tsl"'],
    ['nats://localhost:4222', 'Write --bus kafka://'],
  ])('%s is refused with what to write', async (bus, sentence) => {
    const { code, stderr, stdout } = await at.test(spec, '--bus', bus);
    expect([code, stderr]).toEqual([2, expect.stringContaining(sentence)]);
    expect(stderr).toContain('kafka://host:9092?registry=http://host:8081');
    expect(stderr + stdout).not.toContain('secret');
  });
});
