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

test('while samples fail, ever fewer are taken; once one succeeds they are due on their interval again', async () => {
  let samples = 0;
  let away = false;
  const sample = async () => {
    samples++;
    if (away) throw new Error('the database system is in recovery mode');
    return { value: '', exists: true };
  };
  const writer = new CrowdedWriter();
  writer.release();
  const plan = { command: 'x', interval_ms: 10 };
  const poll = new Poll(
    { run: 'r', test: 't', source: 'poll/db/x', service: 'db' },
    plan,
    { sample, close: () => {} },
    new Publisher('poll', writer),
  );
  await poll.ready();
  away = true;
  await vi.advanceTimersByTimeAsync(5000);
  expect(samples).toBeGreaterThan(10);
  expect(samples).toBeLessThan(20);
  away = false;
  await vi.advanceTimersByTimeAsync(500);
  samples = 0;
  await vi.advanceTimersByTimeAsync(1000);
  expect(samples).toBeGreaterThan(90);
  poll.close();
});
