import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LocalKafka } from '../../../infra/kafka/local-kafka.ts';
import type { RecordOf, Room } from '../../../schemas/codec.ts';
import { busLocation, busText, type BusLocation } from '../../bus/location.ts';
import { openBusWriter, prepareBus } from '../../bus/open.ts';
import { correlatorGroup } from '../../store/correlator-group.ts';
import { storeArguments, type Store, type StoreLocation } from '../../store/store.ts';
import { openTestStore } from '../../store/testing.ts';
import { blocksOf, makeHistory, randomFrom } from '../testing/history.ts';

const kills = Number(process.env['FAULTBOX_SOAK_KILLS'] ?? 4);
const requests = 400;
const eventsOf = requests * 12;
const members = 3;

let kafka: LocalKafka;
let server: Store & { readonly dir: string };
let alone: Store & { readonly dir: string };
let location: StoreLocation;
beforeAll(async () => {
  [kafka, server, alone] = await Promise.all([LocalKafka.start(), openTestStore(), openTestStore()]);
  const { url, username, password, database } = server.client.address;
  location = { url: `${url.replace('http://', `http://${username}:${password}@`)}/${database}` };
}, 120_000);
afterAll(() => Promise.all([kafka.end(), server.close(), alone.close()]));

/** A correlator process, and its name among those that share, once it has one. */
class Member {
  name = '';
  readonly child: ChildProcess;
  readonly #channel: Duplex;
  readonly #joined: Promise<void>;

  constructor(bus: BusLocation, store: StoreLocation, run: string, dead = '') {
    const { text, env } = storeArguments(store);
    const args = [join(import.meta.dirname, '..', 'main.ts'), '--run', run, '--bus', busText(bus), '--store', text, '--dead', dead];
    this.child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'], env: { ...process.env, ...env } });
    this.#channel = this.child.stdio[3] as Duplex;
    this.#channel.on('error', () => {});
    const lines = createInterface({ input: this.#channel });
    this.#joined = new Promise((resolve) => {
      lines.on('line', (line) => {
        const { member } = JSON.parse(line) as { member?: string };
        if (member === undefined) return;
        this.name = member;
        resolve();
      });
      lines.on('close', resolve);
    });
  }

  joined(): Promise<void> {
    return this.#joined;
  }

  /** As a crash would; settles with the one that takes its place. */
  async kill(bus: BusLocation): Promise<Member> {
    this.child.kill('SIGKILL');
    await once(this.child, 'close');
    return new Member(bus, location, 'none', this.name);
  }

  async end(): Promise<number | null> {
    const ended = once(this.child, 'close') as Promise<[number | null]>;
    this.#channel.write('{"do":"end"}\n');
    return (await ended)[0];
  }
}

/** Writes the histories of runs, piece by piece in turns, and calls `between` after each piece. */
async function write(bus: BusLocation, runs: readonly string[], pieces: number, between: (piece: number) => Promise<void>): Promise<void> {
  const writers = runs.flatMap((run, n) => {
    const h = makeHistory({ run, test: 't', requests, every: 10, random: randomFrom(n + 1) });
    return [
      writerOf(bus, run, 'runner', h.runner, pieces),
      writerOf(bus, run, 'syscall', h.syscall, pieces),
      writerOf(bus, run, 'stdout', h.stdout, pieces),
    ];
  });
  for (let piece = 0; piece < pieces; piece++) {
    for (const writer of writers) writer.append(piece);
    await Promise.all(writers.map((w) => w.durable()));
    await between(piece);
  }
  await Promise.all(writers.map((w) => w.close()));
}

function writerOf<R extends Room>(bus: BusLocation, run: string, room: R, records: ReadonlyArray<RecordOf[R]>, pieces: number) {
  const writer = openBusWriter(bus, run, room);
  const blocks = blocksOf(room, records, () => Math.ceil(records.length / pieces));
  return {
    append: (piece: number) => blocks[piece] && writer.append(blocks[piece].records, blocks[piece].count),
    durable: () => writer.durable(),
    close: () => writer.close(),
  };
}

/** Of each run: rows, different `seq`, the last, and a sum over everything in them. */
const rows = ({ client }: Store) =>
  client.query<{ run: string; rows: number; seqs: number; last: number; sum: string }>(
    `SELECT run, toUInt64(count()) AS rows, uniqExact(seq) AS seqs, max(seq) AS last, toString(groupBitXor(cityHash64(*))) AS sum
   FROM events WHERE startsWith(run, 'r') GROUP BY run ORDER BY run`,
    {},
  );

/** Settles when it holds, or when there is no hope left. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const end_ms = performance.now() + 60_000;
  while (performance.now() < end_ms && !(await holds())) await new Promise((resolve) => setTimeout(resolve, 50));
}

describe('correlators that share a bus', () => {
  test(`${kills} kills at random moments: the store has the rows that one correlator alone makes, each once`, async () => {
    const bus = await prepareBus(busLocation(kafka.bus), await correlatorGroup(server.client));
    const random = randomFrom(Number(process.env['FAULTBOX_SEED'] ?? 11));
    const runs = Array.from({ length: 6 }, (_, n) => `r${n}`);
    const sharing = Array.from({ length: members }, () => new Member(bus, location, 'none'));
    await Promise.all(sharing.map((m) => m.joined()));
    await write(bus, runs, kills + 1, async (piece) => {
      if (piece === kills) return;
      await new Promise((resolve) => setTimeout(resolve, random() * 400));
      const victim = Math.floor(random() * members);
      sharing[victim] = await sharing[victim]!.kill(bus);
      await sharing[victim].joined();
    });
    await until(async () => (await rows(server)).every((r) => r.rows >= eventsOf) && (await rows(server)).length === runs.length);
    expect(await Promise.all(sharing.map((m) => m.end()))).toEqual(sharing.map(() => 0));

    const own = await prepareBus(busLocation(kafka.bus));
    if ('dir' in own) throw new TypeError('a Kafka');
    for (const run of runs) await new Member({ kafka: { ...own.kafka, from: new Map() } }, { dir: alone.dir }, run).end();
    expect(await rows(server)).toEqual(await rows(alone));
    expect((await rows(server)).map(({ rows, seqs, last }) => [rows, seqs, last])).toEqual(runs.map(() => [eventsOf, eventsOf, eventsOf]));
  });
});
