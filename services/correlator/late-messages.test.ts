import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Block } from '../bus/bus.ts';
import type { Store } from '../store/store.ts';
import { openTestStore } from '../store/testing.ts';
import { correlate } from './testing/capture.ts';
import { randomFrom } from './testing/history.ts';
import { Story } from './testing/story.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
}, 60_000);
afterAll(() => store.close());

interface Happening {
  readonly at: number;
  readonly known: number;
  tell(story: Story): void;
}

/** Takes away what is due. */
function due(list: Happening[], when: (h: Happening) => boolean): Happening[] {
  const end = list.findIndex((h) => !when(h));
  return list.splice(0, end < 0 ? list.length : end);
}

/** Two partitions, whose messages are read some time after their append; barriers of both kinds, some of the flow unanswered. */
function lateMessages(random: () => number): Story {
  const sources = ['syscall/kafka', 'topic/kafka/orders'];
  const story = new Story(store, sources);
  const calls: Happening[] = [];
  const messages: Happening[] = [];
  const next = [0, 0];
  let read = 0;
  for (let at = 100; at < 6000; at += 20 + Math.floor(random() * 60)) {
    const partition = Math.floor(random() * 2);
    const offset = next[partition]!++;
    read = Math.max(read, at + 3 + Math.floor(random() * 150));
    const [seen, batch] = [read + 0.5, random() < 0.98 ? offset : null];
    calls.push({ at, known: at, tell: (s) => void s.append('kafka', at, 2, `orders-${partition}`, random() < 0.998 ? offset : -1) });
    calls.push({ at: at + 5, known: at + 5, tell: (s) => void s.call('kafka', at + 5, 1, { syscall: 'sendto' }) });
    messages.push({ at, known: seen, tell: (s) => void s.message('kafka', seen, 'orders', partition, offset, batch) });
  }
  for (let until = 400, number = 1; until < 6500; until += 400, number++) {
    const reason = random() < 0.5 ? 'flow' : 'judge';
    const silent = reason === 'flow' && random() < 0.4;
    for (const call of due(calls, (h) => h.known <= until + 10)) call.tell(story);
    for (const message of due(messages, (h) => (silent ? h.known <= until : h.at <= until))) message.tell(story);
    if (silent) story.barrier(number, until, ['topic/kafka/orders'], reason).answer('topic/kafka/orders', number, null, 'incomplete');
    else story.barrier(number, until, [], reason);
  }
  return story;
}

/** The rooms mixed anew, each in its own order. */
function mixed(blocks: readonly Block[], random: () => number): Block[] {
  const rooms = [...Map.groupBy(blocks, (b) => b.room).values()].map((own) => [...own]);
  const out: Block[] = [];
  while (rooms.some((own) => own.length > 0)) {
    const own = rooms[Math.floor(random() * rooms.length)]!;
    out.push(...own.splice(0, 1 + Math.floor(random() * 12)));
  }
  return out;
}

test('the order is the same however the rooms are mixed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }), (seed, mixing) => {
      const story = lateMessages(randomFrom(seed));
      const plain = correlate(story.run, story.blocks);
      expect(plain.length).toBeGreaterThan(10);
      expect(correlate(story.run, mixed(story.blocks, randomFrom(mixing)))).toEqual(plain);
    }),
    { numRuns: 100 },
  );
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  "each is there once, in its partition's order, where certain directly behind its append (%i)",
  async (seed) => {
    const { events } = await lateMessages(randomFrom(seed)).told();
    const told = events.filter((e) => e.type === 'topic');
    const appends = events.filter((e) => e.syscall === 'write');
    let certain = 0;
    for (const e of told) {
      const [seq] = e.cause_seq;
      if (e.cause_certain[0] !== 1) continue;
      certain++;
      expect([e.seq, events[seq! - 1]!.syscall]).toEqual([seq! + 1, 'write']);
    }
    expect(certain).toBeGreaterThan(10);
    expect(told.length).toBe(appends.length);
    for (const partition of [0, 1]) {
      const own = told.filter((e) => e.partition === partition).map((e) => Number(JSON.parse(e.data).n));
      expect(own).toEqual(own.map((_, i) => i));
    }
  },
);
