import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RecordOf, Room } from '../../schemas/codec.ts';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { busLocation, busText, type BusLocation } from '../bus/location.ts';
import { openBusWriter, prepareBus } from '../bus/open.ts';
import { killEngine, openTestStore } from '../store/testing.ts';
import type { Store } from '../store/store.ts';
import { blocksOf, makeHistory, randomFrom } from './testing/history.ts';

let store: Store & { readonly dir: string };
let dir: string;
let bus: BusLocation;
let kafka: LocalKafka;
beforeAll(async () => {
  kafka = await LocalKafka.start();
});
afterAll(() => kafka.end());
beforeEach(async () => {
  store = await openTestStore();
  dir = mkdtempSync(join(tmpdir(), 'faultbox-bus-'));
  bus = { dir };
}, 60_000);
afterEach(async () => {
  await store.close();
  rmSync(dir, { recursive: true });
});

const h = makeHistory({ run: 'r', test: 't', requests: 50, every: 10, random: randomFrom(1) });

async function write<R extends Room>(room: R, records: ReadonlyArray<RecordOf[R]>): Promise<void> {
  const writer = openBusWriter(bus, 'r', room);
  for (const block of blocksOf(room, records, () => 50)) writer.append(block.records, block.count);
  await writer.close();
}

/** The process with a channel, and what it says, line by line. */
function start(): { child: ChildProcess; channel: Duplex; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--run', 'r', '--bus', busText(bus), '--store', store.dir], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const channel = child.stdio[3] as Duplex;
  return { child, channel, lines: createInterface({ input: channel })[Symbol.asyncIterator]() };
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once('exit', resolve));
const count = async () => (await store.client.query<{ n: number }>("SELECT count() AS n FROM events WHERE run = 'r'"))[0]!.n;

describe.each(['the embedded log', 'Kafka'])('with %s', (home) => {
  beforeEach(async () => {
    if (home === 'Kafka') bus = await prepareBus(busLocation(kafka.bus));
  });

  test('stores what is written while it runs, says so for each barrier, survives being killed, and ends when told', async () => {
    const first = start();
    await write('runner', h.runner);
    await write('syscall', h.syscall);
    await write('stdout', h.stdout);
    const { value } = await first.lines.next();
    expect(JSON.parse(value as string)).toMatchObject({
      stored: {
        test: 't',
        barrier: 1,
        sources: expect.arrayContaining([expect.objectContaining({ source: 'stdout/db', kind: 'stdout', complete: true })]),
      },
    });
    first.child.kill('SIGKILL');
    await ended(first.child);
    const second = start();
    const said: string[] = [];
    second.channel.write('{"do":"end"}\n');
    for (;;) {
      const { value: line, done } = await second.lines.next();
      if (done) break;
      said.push(line as string);
    }
    expect(said.map((l) => JSON.parse(l).stored?.barrier ?? 'done')).toEqual([1, 2, 3, 4, 5, 6, 'done']);
    expect(await count()).toBe(50 * 12);
  }, 60_000);

  test('two correlators on one test at the same time leave one row an event', async () => {
    const both = [start(), start()];
    await write('runner', h.runner);
    await write('syscall', h.syscall);
    await write('stdout', h.stdout);
    for (const { channel } of both) channel.write('{"do":"end"}\n');
    expect(await Promise.all(both.map(({ child }) => ended(child)))).toEqual([0, 0]);
    expect(await count()).toBe(50 * 12);
    const [{ seqs, last }] = (await store.client.query<{ seqs: number; last: number }>(
      "SELECT uniqExact(seq) AS seqs, max(seq) AS last FROM events WHERE run = 'r'",
    )) as [{ seqs: number; last: number }];
    expect([seqs, last]).toEqual([50 * 12, 50 * 12]);
  }, 60_000);
});

test('ends with its channel', async () => {
  const { child, channel } = start();
  channel.destroy();
  expect(await ended(child)).toBe(0);
}, 60_000);

test('says that the engine is gone', async () => {
  const { child, lines } = start();
  await write('runner', h.runner.slice(0, 40));
  await write('syscall', h.syscall.slice(0, 200));
  await write('stdout', h.stdout.slice(0, 20));
  expect((await lines.next()).value).toContain('"stored"');
  killEngine(store.dir);
  await write('runner', h.runner.slice(40));
  await write('syscall', h.syscall.slice(200));
  await write('stdout', h.stdout.slice(20));
  let last = '';
  for (let line = await lines.next(); !line.done; line = await lines.next()) last = line.value;
  expect(JSON.parse(last)).toMatchObject({ failed: 0, code: 'E_ENGINE' });
  expect(child.exitCode ?? (await ended(child))).toBe(3);
}, 60_000);
