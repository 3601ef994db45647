import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LogAppends, partitionOf } from './log-appends.ts';

interface Batch {
  readonly log: string;
  readonly offset: number;
  readonly exit: number;
}

/** A broker that appends batches to three logs, by one write each; now and then a replica's write holds two, and a log is made anew. */
function append(steps: readonly number[]): { appends: LogAppends; batches: Batch[]; now: number } {
  const appends = new LogAppends();
  const batches: Batch[] = [];
  const ends = [0, 0, 0];
  let now = 0;
  for (const step of steps) {
    now += 1 + (step % 7);
    const p = step % 3;
    const log = `orders-${p}`;
    const messages = 1 + (step % 5);
    const write = (offset: number) => appends.add(0, now, now + 3, 1, log, offset);
    if (step % 41 === 0) ends[p] = 0;
    if (step % 37 === 0) {
      write(-1);
      for (const offset of [ends[p]!, ends[p]! + messages]) batches.push({ log, offset, exit: now + 3 });
      ends[p]! += 2 * messages;
    } else {
      write(ends[p]!);
      batches.push({ log, offset: ends[p]!, exit: now + 3 });
      ends[p]! += messages;
    }
  }
  return { appends, batches, now };
}

test('the only candidate is the write that appended the batch, and none is said to be missing that was there', () => {
  const seen = { certain: 0, none: 0, doubtful: 0 };
  fc.assert(
    fc.property(fc.array(fc.nat(10_000), { minLength: 5, maxLength: 200 }), fc.nat(100), (steps, part) => {
      const { appends, batches, now } = append(steps);
      const to = (now * part) / 100;
      for (const { log, offset, exit } of batches) {
        const own = batches.filter((b) => b.log === log && b.offset === offset && b.exit <= to);
        const found = appends.find(log, offset, to);
        if (found.kind === 'none') {
          seen.none++;
          expect(own).toEqual([]);
        } else if (found.kind === 'write' && found.only) {
          seen.certain++;
          expect([found.write.exit]).toEqual(own.map((b) => b.exit));
        } else {
          seen.doubtful++;
          if (exit <= to) expect(own.length).toBeGreaterThan(0);
        }
      }
    }),
    { numRuns: 300 },
  );
  for (const times of Object.values(seen)) expect(times).toBeGreaterThan(100);
});

test('only so much is kept, and what is forgotten is not called missing', () => {
  const appends = new LogAppends();
  for (let offset = 0; offset < 70_000; offset++) appends.add(0, offset, offset, 1, 'orders-0', offset);
  expect(appends.find('orders-0', 69_999, 1e9)).toMatchObject({ kind: 'write', only: true });
  expect(appends.find('orders-0', 100, 1e9)).toEqual({ kind: 'unknown' });
  expect(appends.find('orders-0', 70_000, 1e9)).toEqual({ kind: 'none' });
});

test.each([
  ['/var/kafka/orders-0/00000000000000000000.log', 'orders-0'],
  ['/d/a-b.c_d-12/00000000000000001234.log', 'a-b.c_d-12'],
  ['/d/orders-0/00000000000000000000.index', ''],
  ['/d/orders-0/00000000000000000000.log.cleaned', ''],
  ['/d/app.log', ''],
])('%s belongs to "%s"', (path, partition) => expect(partitionOf(path)).toBe(partition));
