import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Store } from '../store/store.ts';
import { openTestStore } from '../store/testing.ts';
import { causes, Story, us, type Told } from './testing/story.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
}, 60_000);
afterAll(() => store.close());

const sources = ['syscall/kafka', 'topic/kafka/orders'];
const story = () => new Story(store, sources);
const order = (events: readonly Told[]) => events.map((e) => (e.type === 'topic' ? JSON.parse(e.data).n : e.syscall));
const messages = (events: readonly Told[]) => events.filter((e) => e.type === 'topic').map((e) => [causes(e), e.at]);

test('a message stands directly after the write that appended its batch, whatever else was appended or read', async () => {
  const { events } = await story()
    .append('kafka', 10, 2, 'orders-0', 0)
    .append('kafka', 12, 2, 'orders-1', 0)
    .append('kafka', 14, 2, 'orders-10', 0)
    .call('kafka', 15, 1, { syscall: 'sendto' })
    .append('kafka', 20, 2, 'orders-0', 3)
    .append('kafka', 30, 2, 'orders-0', 4, 4)
    .message('kafka', 40, 'orders', 1, 0)
    .message('kafka', 41, 'orders', 0, 0)
    .message('kafka', 41, 'orders', 0, 1, 0)
    .message('kafka', 41, 'orders', 0, 2, 0)
    .message('kafka', 41, 'orders', 0, 3)
    .message('kafka', 41, 'orders', 0, 4)
    .barrier(1, 100)
    .told();
  expect(order(events)).toEqual(['write', 0, 1, 2, 'write', 0, 'write', 'sendto', 'write', 3, 'write', 4]);
  expect(messages(events)).toEqual([
    [['topic 1 certain'], 10 * us],
    [['topic 1 certain'], 10 * us],
    [['topic 1 certain'], 10 * us],
    [['topic 5 certain'], 12 * us],
    [['topic 9 certain'], 20 * us],
    [['topic 11 certain'], 30 * us],
  ]);
});

test.each(['flow', 'judge'])('one that was appended behind a barrier (%s) waits, the others of its partition with it', async (reason) => {
  const { events, barriers } = await story()
    .append('kafka', 10, 2, '__cluster_metadata-0', 7)
    .message('kafka', 110, 'orders', 0, 0)
    .message('kafka', 120, 'orders', 0, 1)
    .barrier(1, 100, [], reason)
    .append('kafka', 105, 2, 'orders-0', 0)
    .append('kafka', 115, 2, 'orders-0', 1)
    .barrier(2, 200)
    .told();
  expect(order(events)).toEqual(['write', 'write', 0, 'write', 1]);
  expect(barriers.map((b) => b.seq)).toEqual([1, 5]);
  expect(messages(events).map(([rules]) => rules)).toEqual([['topic 2 certain'], ['topic 4 certain']]);
});

test('one that waits when its source is let go is placed at the end', async () => {
  const { events } = await story()
    .append('kafka', 10, 2, 'orders-0', 0)
    .message('kafka', 110, 'orders', 0, 1)
    .barrier(1, 100)
    .append('kafka', 105, 2, 'orders-0', 1)
    .barrier(2, 200, [], 'final', ['syscall/kafka'])
    .told();
  expect([order(events), messages(events)[0]![0]]).toEqual([['write', 'write', 1], ['topic 2 certain']]);
});

test('a barrier that judges has what was read before its answer, where it is not known that it was appended later', async () => {
  const unseen = await story().message('kafka', 110, 'orders', 0, 0).barrier(1, 100).told();
  const led = await story().append('kafka', 10, 2, 'orders-0', 0).message('kafka', 110, 'orders', 0, 9, null).barrier(1, 100).told();
  const several = await story().append('kafka', 10, 2, 'orders-0', -1).message('kafka', 110, 'orders', 0, 9).barrier(1, 100).told();
  const lossy = await story()
    .append('kafka', 10, 2, 'orders-0', 0)
    .gap('kafka', 'syscall/kafka', 12, 14, 7)
    .message('kafka', 110, 'orders', 0, 1)
    .barrier(1, 100)
    .told();
  for (const { events } of [unseen, led, several, lossy]) {
    expect(events.at(-1)!.type).toBe('topic');
    expect(messages(events)).toEqual([[[], 110 * us]]);
  }
});

test('barriers of the flow settle nothing while messages are late, for a while', async () => {
  const late = (flows: number) => {
    const told = story().append('kafka', 10, 2, 'orders-0', 0).call('kafka', 20, 1, { syscall: 'sendto' });
    const source = 'topic/kafka/orders';
    for (let n = 1; n <= flows; n++) told.barrier(n, 100 * n, [source], 'flow').answer(source, n, null, 'incomplete');
    return told
      .message('kafka', 1100, 'orders', 0, 0)
      .barrier(flows + 1, 1200)
      .told();
  };
  const soon = await late(8);
  expect([order(soon.events), messages(soon.events)[0]![0]]).toEqual([['write', 0, 'sendto'], ['topic 1 certain']]);
  expect(soon.barriers.map((b) => b.seq)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 3]);
  const tooLate = await late(9);
  expect([order(tooLate.events), messages(tooLate.events)[0]![0]]).toEqual([['write', 'sendto', 0], ['topic 1 assumed']]);
  expect(tooLate.barriers.map((b) => b.seq)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 2, 3]);
});

test('a log that was made anew, and a message that comes after its append has its place, give assumed edges', async () => {
  const anew = await story()
    .append('kafka', 10, 2, 'orders-0', 0)
    .append('kafka', 30, 2, 'orders-0', 0)
    .message('kafka', 20, 'orders', 0, 0)
    .message('kafka', 40, 'orders', 0, 0)
    .barrier(1, 100)
    .told();
  expect(messages(anew.events).map(([rules]) => rules)).toEqual([['topic 1 certain'], ['topic 3 assumed']]);
  const late = await story()
    .append('kafka', 10, 2, 'orders-0', 0)
    .call('kafka', 20, 1, { syscall: 'sendto' })
    .barrier(1, 100)
    .message('kafka', 110, 'orders', 0, 0)
    .call('kafka', 120, 1, { syscall: 'sendto' })
    .barrier(2, 200)
    .told();
  expect([order(late.events), messages(late.events)[0]![0]]).toEqual([['write', 'sendto', 0, 'sendto'], ['topic 1 assumed']]);
});
