import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { record } from '../../schemas/codec.ts';
import type { RunnerRecord } from '../../schemas/generated/records.ts';
import type { Block } from '../bus/bus.ts';
import { openTestStore } from '../store/testing.ts';
import type { Store } from '../store/store.ts';
import { Correlator } from './correlator.ts';
import { Inserter } from './insert/inserter.ts';
import type { StoredBarrier } from './rows/sink.ts';
import { correlate } from './testing/capture.ts';
import { blocksOf, makeHistory, randomFrom, type History } from './testing/history.ts';

const history = (seed: number, requests = 12): History =>
  makeHistory({ run: `r${seed}`, test: 't', requests, every: 4, random: randomFrom(seed) });

/** The rooms one after another. */
const wholeRooms = (h: History): Block[] => [
  ...blocksOf('runner', h.runner, () => 1e6),
  ...blocksOf('syscall', h.syscall, () => 1e6),
  ...blocksOf('stdout', h.stdout, () => 1e6),
];

/** The rooms' blocks, some repeated, in an order that keeps each room's own. */
function shuffle(h: History, random: () => number): Block[] {
  const cut = () => 1 + Math.floor(random() * 20);
  const rooms = [blocksOf('runner', h.runner, cut), blocksOf('syscall', h.syscall, cut), blocksOf('stdout', h.stdout, cut)];
  const at = [0, 0, 0];
  const out: Block[] = [];
  while (rooms.some((blocks, r) => at[r]! < blocks.length)) {
    const r = Math.floor(random() * 3);
    const block = rooms[r]![at[r]!];
    if (!block) continue;
    out.push(block);
    at[r]!++;
    if (random() < 0.2) at[r] = Math.max(0, at[r]! - 1 - Math.floor(random() * 3));
  }
  return out;
}

/** The same, but at some barriers the runner does not hear a collector in time, and speaks for it; what that one answers all the same comes late. */
function unheard(h: History, random: () => number): History {
  const speakFor = (answer: RunnerRecord) =>
    ['syscall/api', 'syscall/db', 'stdout/db']
      .filter(() => random() < 0.3)
      .map((source) =>
        record('runner', {
          ...answer,
          source,
          service: source.split('/')[1]!,
          type: 'incomplete',
          lost: null,
          reason: 'it did not answer',
        }),
      );
  return { ...h, runner: h.runner.flatMap((r) => (r.type === 'complete' && r.source === 'runner' ? [...speakFor(r), r] : [r])) };
}

describe('the order', () => {
  test('is the same however the rooms are cut, mixed and repeated', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (seed, mixing) => {
        const h = history(seed);
        const plain = correlate(`r${seed}`, wholeRooms(h));
        expect(correlate(`r${seed}`, shuffle(h, randomFrom(mixing)))).toEqual(plain);
        expect(plain.length).toBeGreaterThan(4);
      }),
      { numRuns: 60 },
    );
  });

  test('is the same when the runner spoke for collectors that answered late, however the rooms are mixed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (seed, mixing) => {
        const h = unheard(history(seed), randomFrom(seed));
        const plain = correlate(`r${seed}`, wholeRooms(h));
        expect(correlate(`r${seed}`, shuffle(h, randomFrom(mixing)))).toEqual(plain);
        const spokenFor = h.runner.filter((r) => r.type === 'incomplete').map((r) => `${r.barrier} ${r.source}`);
        const barriers = plain.filter((text) => text.startsWith('{')).map((text) => JSON.parse(text) as StoredBarrier);
        const incomplete = barriers.flatMap((b) => b.sources.filter((s) => !s.complete).map((s) => `${b.barrier} ${s.source}`));
        expect(incomplete.sort()).toEqual(spokenFor.sort());
      }),
      { numRuns: 60 },
    );
  });
});

interface StoredEvent {
  readonly seq: number;
  readonly type: string;
  readonly service: string;
  readonly syscall: string | null;
  readonly peer: string | null;
  readonly at: number;
  readonly lane: number;
  readonly clock_service: readonly string[];
  readonly clock_value: readonly number[];
  readonly cause_rule: readonly string[];
  readonly cause_seq: readonly number[];
  readonly cause_certain: readonly number[];
  readonly data: string;
  readonly data_level: string | null;
}

describe('the rows', () => {
  let store: Store;
  beforeAll(async () => {
    store = await openTestStore();
  }, 60_000);
  afterAll(() => store.close());

  async function stored(h: History, run: string, blocks: readonly Block[]): Promise<StoredEvent[]> {
    const inserter = new Inserter(store.client, run, new Map(), { stored: () => {}, ended: () => {}, failed: () => {} });
    inserter.day = '2026-03-04';
    const correlator = new Correlator(run, inserter);
    for (const block of blocks) correlator.take(block);
    correlator.settle();
    await inserter.finish();
    expect(h.runner.length).toBeGreaterThan(0);
    return store.client.query<StoredEvent>('SELECT * FROM events WHERE run = {run:String} ORDER BY seq', { run });
  }

  /** The whole clock of each event, from the entries that are stored where they change. */
  function clocks(events: readonly StoredEvent[]): Array<Map<string, number>> {
    const lanes = new Map<string, Map<string, number>>();
    return events.map((e) => {
      const lane = lanes.get(e.service) ?? new Map<string, number>();
      e.clock_service.forEach((s, i) => lane.set(s, e.clock_value[i]!));
      lane.set(e.service, e.lane);
      lanes.set(e.service, lane);
      return new Map(lane);
    });
  }

  test.each([1, 2, 3, 4, 5, 6])('have dense seqs and lanes, and clocks that every certain edge is in (%i)', async (seed) => {
    const h = history(seed, 20);
    const events = await stored(h, `r${seed}`, shuffle(h, randomFrom(seed + 100)));
    expect(events.map((e) => e.seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.length).toBe(20 * 12);
    const clock = clocks(events);
    const lanes = new Map<string, number>();
    for (const [i, e] of events.entries()) {
      expect(e.lane).toBe((lanes.get(e.service) ?? 0) + 1);
      lanes.set(e.service, e.lane);
      e.cause_seq.forEach((seq, k) => {
        expect(seq).toBeLessThan(e.seq);
        if (e.cause_certain[k])
          for (const [s, n] of clock[seq - 1]!)
            expect(clock[i]!.get(s) ?? 0, `${e.seq} knows what ${seq} knew of ${s}`).toBeGreaterThanOrEqual(n);
      });
      for (const [s, n] of clock[i]!) {
        const known = events.findIndex((x) => x.service === s && x.lane === n);
        expect(known).toBeLessThanOrEqual(i);
        for (const [s2, n2] of clock[known]!) expect(clock[i]!.get(s2) ?? 0).toBeGreaterThanOrEqual(n2);
      }
    }
  });

  test('know who sent what, which line came from which write, and the peers by their names', async () => {
    const h = history(42, 20);
    const events = await stored(h, 'r42', shuffle(h, randomFrom(9)));
    const by = (e: StoredEvent) =>
      e.cause_seq.map(
        (seq, k) =>
          `${e.cause_rule[k]} ${events[seq - 1]!.service} ${events[seq - 1]!.syscall ?? events[seq - 1]!.type} ${e.cause_certain[k]}`,
      );
    const ofDb = events.filter((e) => e.service === 'db' && e.syscall === 'recvfrom');
    expect(ofDb.map(by)).toEqual(ofDb.map(() => ['tcp api sendto 1']));
    const lines = events.filter((e) => e.type === 'stdout');
    expect(lines.map(by)).toEqual(lines.map(() => ['line db write 1']));
    expect(lines.map((e) => JSON.parse(e.data).n)).toEqual(lines.map((_, i) => i));
    expect(lines.map((e) => e.data_level)).toEqual(lines.map((_, i) => (i % 3 === 0 ? 'INFO' : 'DEBUG')));
    const fromDriver = events.filter((e) => e.service === 'api' && e.syscall === 'recvfrom' && e.peer === 'test');
    expect(fromDriver.map(by)).toEqual(fromDriver.map(() => ['step test step_send 1']));
    expect(fromDriver.length).toBe(20);
    const answers = events.filter((e) => e.type === 'step_recv');
    expect(answers.map(by)).toEqual(answers.map(() => ['step api sendto 1']));
    expect(new Set(events.filter((e) => e.service === 'api' && e.syscall === 'sendto').map((e) => e.peer))).toEqual(
      new Set(['db:5432', 'test']),
    );
  });

  test('are the same when a correlator begins again, wherever it was killed', async () => {
    const h = history(7, 20);
    const blocks = shuffle(h, randomFrom(3));
    const whole = await stored(h, 'r7', blocks);
    for (const part of [0.2, 0.5, 0.8]) {
      await stored(h, `again${part}`, blocks.slice(0, Math.floor(blocks.length * part)));
      const again = await stored(h, `again${part}`, blocks);
      expect(again.map((e) => ({ ...e, run: 'r7' }))).toEqual(whole);
    }
    const proofs = await store.client.query("SELECT source, complete, events FROM proofs WHERE run = 'r7' AND barrier = 6 ORDER BY source");
    expect(proofs).toEqual([
      { source: 'fault/api', complete: 1, events: 0 },
      { source: 'fault/db', complete: 1, events: 0 },
      { source: 'runner', complete: 1, events: 40 },
      { source: 'stdout/db', complete: 1, events: 20 },
      { source: 'syscall/api', complete: 1, events: 100 },
      { source: 'syscall/db', complete: 1, events: 80 },
    ]);
  });
});
