import { setTimeout as pause } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { adminOf } from '../../infra/kafka/admin.ts';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { correlatorGroup } from '../../services/store/correlator-group.ts';
import type { Store } from '../../services/store/store.ts';
import { killEngine, openTestStore } from '../../services/store/testing.ts';
import { leftovers, tree, until } from '../crash/machine.ts';
import { faultbox, pair, Playground, runOf, startFaultbox, type Started, type Trace } from '../faultbox.ts';
import { emptyTopic } from './empty-topic.ts';

/** Two runs of two folders, one bus, one server: their correlators share what is on the bus. */
let kafka: LocalKafka;
let server: Store & { readonly dir: string };
let places: Playground[];
beforeAll(async () => {
  [kafka, server] = await Promise.all([LocalKafka.start(), openTestStore()]);
}, 120_000);
afterAll(() => Promise.all([kafka.end(), server.close()]));
beforeEach(() => {
  places = [new Playground(), new Playground()];
});
afterEach(() => places.forEach((at) => at.remove()));

const spec = `${pair}
def one(n):
    for i in range(30):
        api.post("/data/k%d" % n, body = "v%d" % i)
    assert_never(where = lambda e: e.service == "db" and e.syscall == "rename")
    assert_eventually(where = lambda e: e.type == "stdout" and e.service == "db" and e.data.get("op") == "SET")

${Array.from({ length: 3 }, (_, n) => `def test_${n}():\n    one(${n})\n`).join('\n')}
`;

interface Running extends Started {
  readonly at: Playground;
}

function start(at: Playground, settings = ''): Running {
  const { address } = server.client;
  const url = `http://${address.username}@${address.url.replace('http://', '')}/${address.database}`;
  at.write('spec.star', spec);
  const args = ['test', 'spec.star', '--bus', `${kafka.bus}${settings}`, '--store', url, '--output', 'trace.json'];
  return { at, ...startFaultbox(at.dir, args, { FAULTBOX_STORE_PASSWORD: address.password }) };
}

const correlatorOf = ({ pid }: Running) => tree(pid).find((p) => p.command.includes('services/correlator/'))?.pid;
const events = (trace: Trace) =>
  trace.tests.map((t) => [t.name, t.verdict, t.events.map((e) => [e.seq, e.type, e.service, e.at, e.vector_clock])]);

/** Asks the broker something. */
async function asked<T>(ask: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = await adminOf(kafka);
  try {
    return await ask(admin);
  } finally {
    await admin.disconnect();
  }
}

/** How many parts each correlator has. */
async function parts(): Promise<number[]> {
  const group = await correlatorGroup(server.client);
  const { groups } = await asked((admin) => admin.describeGroups([group]));
  return groups[0]!.members.map(({ memberAssignment }) => {
    const decoded = memberAssignment.length > 0 ? kafkajs.AssignerProtocol.MemberAssignment.decode(memberAssignment) : null;
    return Object.values(decoded?.assignment ?? {}).flat().length;
  });
}

/** Settles when the services of both runs are up, and each of their correlators has parts of the bus. */
async function untilShared(running: readonly Running[]): Promise<void> {
  for (const { pid } of running) expect(await until(() => tree(pid).some((p) => p.command.includes('mock-api')))).toBe(true);
  let shared: number[] = [];
  while (shared.length !== 2 || shared.includes(0)) shared = await parts();
}

/** What was stored while it ran is what the bus holds: judged again from it, into a store of its own, it is the same. */
async function expectAsOnBus({ at, ended }: Running): Promise<void> {
  const checked = await faultbox(at.dir, ['check', runOf(await ended), '--bus', kafka.bus, '--output', 'again.json']);
  expect(checked).toMatchObject({ code: 0, stderr: '' });
  expect(events(JSON.parse(at.read('trace.json')) as Trace)).toEqual(events(JSON.parse(at.read('again.json')) as Trace));
}

describe('correlators of runs that share a bus and a store', () => {
  test('share the tests; one that is killed leaves its tests to the other, and to the one that takes its place', async () => {
    const running = places.map((at) => start(at));
    await untilShared(running);
    process.kill(correlatorOf(running[0]!)!, 'SIGKILL');
    for (const r of running) {
      expect(await r.ended).toMatchObject({ code: 0, stderr: '' });
      await expectAsOnBus(r);
    }
  });

  test('a run that is killed with its correlator does not hold up the other', async () => {
    const running = places.map((at) => start(at));
    await untilShared(running);
    const correlator = correlatorOf(running[0]!)!;
    process.kill(running[0]!.pid, 'SIGKILL');
    process.kill(correlator, 'SIGKILL');
    expect((await running[0]!.ended).signal).toBe('SIGKILL');
    expect(await running[1]!.ended).toMatchObject({ code: 0, stderr: '' });
    await expectAsOnBus(running[1]!);
  });

  test('a broker that is killed in between and comes back changes nothing', async () => {
    const running = places.map((at) => start(at));
    await untilShared(running);
    await kafka.killBroker();
    await kafka.startBroker();
    for (const r of running) {
      expect(await r.ended).toMatchObject({ code: 0, stderr: '' });
      await expectAsOnBus(r);
    }
  });

  test('a broker that never comes back: exit 3 with a sentence, and nothing is left', async () => {
    const running = places.map((at) => start(at, '&patience_ms=2000'));
    await untilShared(running);
    await kafka.killBroker();
    try {
      for (const { at, ended } of running) {
        const { code, stdout, stderr } = await ended;
        expect(code).toBe(3);
        expect(stdout + stderr).toMatch(/The broker at 127\.0\.0\.1:\d+ /);
        expect(stdout + stderr).not.toMatch(/\n\s+at .*\.[jt]s:[0-9]+/);
        await until(() => leftovers(at.dir).length === 0);
        expect(leftovers(at.dir)).toEqual([]);
      }
    } finally {
      await kafka.startBroker();
    }
  });

  test('a topic that loses what was not read yet: no verdict, but exit 3 and what is missing', async () => {
    const run = start(places[0]!);
    await until(() => tree(run.pid).some((p) => p.command.includes('mock-api')));
    await until(() => correlatorOf(run) !== undefined);
    process.kill(correlatorOf(run)!, 'SIGSTOP');
    await pause(500);
    await asked(emptyTopic);
    process.kill(correlatorOf(run)!, 'SIGCONT');
    const { code, stdout, stderr } = await run.ended;
    expect([code, stdout + stderr]).toEqual([3, expect.stringMatching(/had acknowledged .*, and does not have them any more/)]);
  });

  test('a server that dies: exit 3 with a sentence, and nothing is left', async () => {
    const running = places.map((at) => start(at));
    await untilShared(running);
    killEngine(server.dir);
    for (const { at, ended } of running) {
      const { code, stdout, stderr } = await ended;
      expect([code, stdout + stderr]).toEqual([3, expect.stringMatching(/127\.0\.0\.1:\d+ does not answer/)]);
      expect(stdout + stderr).not.toMatch(/\n\s+at .*\.[jt]s:[0-9]+/);
      await until(() => leftovers(at.dir).length === 0);
      expect(leftovers(at.dir)).toEqual([]);
    }
  });
});
