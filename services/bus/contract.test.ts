import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { decodeRecords } from '../../schemas/codec.ts';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { busLocation, busText, type BusLocation } from './location.ts';
import { openBusWriter, openRunReader, prepareBus } from './open.ts';
import { blockOf, line, readAll } from './testing/lines.ts';

let kafka: LocalKafka;
let dir: string;
let runs = 0;
let run: string;
beforeAll(async () => {
  kafka = await LocalKafka.start();
});
afterAll(() => kafka.end());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultbox-bus-'));
  run = `run${++runs}`;
});
afterEach(() => rmSync(dir, { recursive: true }));

const homes: ReadonlyArray<readonly [string, () => Promise<BusLocation>]> = [
  ['the embedded log', () => prepareBus({ dir })],
  ['Kafka', () => prepareBus(busLocation(kafka.bus))],
];
const positions = async (bus: BusLocation): Promise<unknown[]> => {
  const reader = openRunReader(bus, run);
  const lines = await readAll(reader);
  await reader.close();
  return lines.map((l) => l.position);
};
const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe.each(homes)('the contract of a bus: %s', (_, prepare) => {
  let bus: BusLocation;
  beforeEach(async () => {
    bus = await prepare();
  });

  test('gives back what was appended, in order, to a reader that came first and to one that comes later', async () => {
    const early = openRunReader(bus, run);
    expect(await readAll(early)).toEqual([]);
    const writer = openBusWriter(bus, run, 'stdout');
    writer.append(blockOf([line(run, 1), line(run, 2)]), 2);
    await writer.durable();
    expect(await readAll(early)).toEqual([line(run, 1), line(run, 2)]);
    for (let n = 3; n <= 500; n++) writer.append(blockOf([line(run, n)]), 1);
    await writer.close();
    expect((await readAll(early)).map((l) => l.position)).toEqual(upTo(500).slice(2));
    expect(await positions(bus)).toEqual(upTo(500));
    await early.close();
  });

  test('keeps the records of each test in their order', async () => {
    const writer = openBusWriter(bus, run, 'stdout');
    for (let n = 1; n <= 50; n++) writer.append(blockOf([line(run, n, 'a'), line(run, n, 'b'), line(run, n, 'a')]), 3);
    await writer.close();
    const reader = openRunReader(bus, run);
    const lines = await readAll(reader);
    await reader.close();
    expect(lines.filter((l) => l.test === 'a').map((l) => l.position)).toEqual(upTo(50).flatMap((n) => [n, n]));
    expect(lines.filter((l) => l.test === 'b').map((l) => l.position)).toEqual(upTo(50));
  });

  test('more than a reader holds at once comes whole to one that asks for the end before it has come', async () => {
    const writer = openBusWriter(bus, run, 'stdout');
    const large = { ...line(run, 1), data: JSON.stringify({ msg: 'x'.repeat(4 << 20) }) };
    for (let n = 1; n <= 24; n++) writer.append(blockOf([{ ...large, position: n }]), 1);
    await writer.close();
    const reader = openRunReader(bus, run);
    const got: unknown[] = [];
    do for (let block = reader.next(); block !== null; block = reader.next()) got.push(...decodeRecords('stdout', block.records));
    while (!(await reader.atEnd()));
    await reader.close();
    expect(got.map((r) => (r as { position: number }).position)).toEqual(upTo(24));
  });

  test('a block that was appended twice, as after a lost answer, is given twice: positions tell', async () => {
    const writer = openBusWriter(bus, run, 'stdout');
    writer.append(blockOf([line(run, 1)]), 1);
    writer.append(blockOf([line(run, 1)]), 1);
    await writer.close();
    expect(await positions(bus)).toEqual([1, 1]);
  });

  test('a block larger than a request of a broker usually may be, and a record of 2 MiB, come whole', async () => {
    const writer = openBusWriter(bus, run, 'stdout');
    const many = upTo(20_000).map((n) => line(run, n));
    writer.append(blockOf(many), many.length);
    const long = { ...line(run, 20_001), data: JSON.stringify({ msg: 'x'.repeat(2 << 20) }) };
    writer.append(blockOf([long]), 1);
    await writer.close();
    const reader = openRunReader(bus, run);
    const lines = await readAll(reader);
    await reader.close();
    expect(lines.length).toBe(20_001);
    expect(lines.at(-1)).toEqual(long);
  });

  test('what was durable when its writer was killed is there, once and in order; another writer goes on behind it', async () => {
    const program = join(import.meta.dirname, 'testing', 'writing-process.ts');
    const child = spawn(process.execPath, [program, busText(bus), run], { stdio: ['ignore', 'pipe', 'inherit'] });
    let last = 0;
    for await (const text of createInterface({ input: child.stdout })) {
      last = Number(text);
      if (last === 200) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const there = await positions(bus);
    expect(there).toEqual(upTo(there.length));
    expect(there.length).toBeGreaterThanOrEqual(last);
    const writer = openBusWriter(bus, run, 'stdout');
    writer.append(blockOf([line(run, 9999)]), 1);
    await writer.close();
    expect(await positions(bus)).toEqual([...there, 9999]);
  });
});

describe('the embedded log on a full disk', () => {
  test('says so, keeps what it had, and goes on when there is room', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', dir]);
    try {
      const bus = { dir };
      const writer = openBusWriter(bus, run, 'stdout');
      const noise = (n: number) => ({ ...line(run, n), data: JSON.stringify({ msg: randomBytes(1000).toString('hex') }) });
      let fitted = 0;
      expect(() => {
        for (; fitted < 1000; fitted++) writer.append(blockOf([noise(fitted + 1)]), 1);
      }).toThrow(expect.objectContaining({ code: 'E_BUS_FULL', message: expect.stringContaining('Free some space') }));
      expect(await positions(bus)).toEqual(upTo(fitted));
      execFileSync('mount', ['-o', 'remount,size=256k', dir]);
      writer.append(blockOf([noise(fitted + 1)]), 1);
      await writer.close();
      expect(await positions(bus)).toEqual(upTo(fitted + 1));
    } finally {
      execFileSync('umount', [dir]);
    }
  });
});

test('Kafka with several partitions: each test in its order, and what concerns the whole run also beside each of its tests', async () => {
  const bus = await prepareBus(busLocation(kafka.bus));
  expect('kafka' in bus && bus.kafka.from.size).toBeGreaterThan(1);
  const writer = openBusWriter(bus, run, 'stdout');
  const tests = ['a', 'b', 'c', 'd', 'e', 'f'];
  writer.append(blockOf([line(run, 1, '')]), 1);
  for (const n of upTo(20)) for (const name of tests) writer.append(blockOf([line(run, n, name)]), 1);
  await writer.close();
  const reader = openRunReader(bus, run);
  const lines = await readAll(reader);
  await reader.close();
  for (const name of tests) expect(lines.filter((l) => l.test === name).map((l) => l.position)).toEqual(upTo(20));
  expect(lines.filter((l) => l.test === '').length).toBe(1 + tests.length);
});

describe('Kafka whose broker', () => {
  test('is killed and comes back has everything once and in order, for writer and reader', async () => {
    const bus = await prepareBus(busLocation(kafka.bus));
    const reader = openRunReader(bus, run);
    const writer = openBusWriter(bus, run, 'stdout');
    let n = 0;
    let stop = false;
    const writing = (async () => {
      while (!stop) {
        writer.append(blockOf([line(run, ++n)]), 1);
        if (n % 7 === 0) await writer.durable();
      }
    })();
    for (let outage = 0; outage < 2; outage++) {
      const seen = n;
      while (n < seen + 100) await new Promise((resolve) => setTimeout(resolve, 5));
      await kafka.killBroker();
      await kafka.startBroker();
    }
    const seen = n;
    while (n < seen + 100) await new Promise((resolve) => setTimeout(resolve, 5));
    stop = true;
    await writing;
    await writer.close();
    expect((await readAll(reader)).map((l) => l.position)).toEqual(upTo(n));
    await reader.close();
  });

  test('never comes back ends writer and reader with a sentence, within the patience', async () => {
    const bus = await prepareBus(busLocation(`${kafka.bus}&patience_ms=1500`));
    const writer = openBusWriter(bus, run, 'stdout');
    const reader = openRunReader(bus, run);
    writer.append(blockOf([line(run, 1)]), 1);
    await writer.durable();
    expect((await readAll(reader)).length).toBe(1);
    await kafka.killBroker();
    try {
      const gone = expect.objectContaining({ code: 'E_BUS_GONE', message: expect.stringMatching(/^The broker at 127\.0\.0\.1:\d+ /) });
      writer.append(blockOf([line(run, 2)]), 1);
      await expect(writer.durable()).rejects.toEqual(gone);
      expect(() => writer.append(blockOf([line(run, 3)]), 1)).toThrow(gone);
      await expect(writer.close()).rejects.toEqual(gone);
      await expect(readAll(reader)).rejects.toEqual(gone);
      await reader.close();
      await expect(prepareBus(bus)).rejects.toEqual(gone);
    } finally {
      await kafka.startBroker();
    }
  });
});
