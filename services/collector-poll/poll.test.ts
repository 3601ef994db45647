import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CrowdedWriter } from '../collector/testing/crowded-writer.ts';
import { Publisher } from '../collector/publisher.ts';
import { Poll } from './poll.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('while the bus is crowded no sample is taken but those that barriers ask for; afterwards they go on', async () => {
  let samples = 0;
  const target = { sample: async () => ({ value: String(++samples), exists: true }), close: () => {} };
  const writer = new CrowdedWriter();
  const poll = new Poll(
    { run: 'r', test: 't', source: 'poll/db/x', service: 'db' },
    { command: 'x', interval_ms: 10 },
    target,
    new Publisher('poll', writer),
  );
  await poll.ready();
  await vi.advanceTimersByTimeAsync(1000);
  expect(samples).toBe(1);
  await poll.barrier(1, process.hrtime.bigint() + 1_000_000_000n);
  await vi.advanceTimersByTimeAsync(1000);
  expect(samples).toBe(2);
  writer.release();
  await vi.advanceTimersByTimeAsync(1000);
  expect(samples).toBeGreaterThan(50);
  poll.close();
});
