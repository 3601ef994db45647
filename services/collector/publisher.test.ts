import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Publisher } from './publisher.ts';
import { CrowdedWriter } from './testing/crowded-writer.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('what comes now and then goes out at the end of its turn; what comes in a row goes out together, a few times in a hundredth of a second', async () => {
  const writer = new CrowdedWriter();
  const publisher = new Publisher('stdout', writer);
  const publish = () => {
    publisher.publish({ run: 'r', test: 't', source: 's', service: 'db' }, 1, 'stdout', 0, {});
    publisher.flushSoon();
  };
  publish();
  publish();
  await vi.advanceTimersByTimeAsync(0);
  expect(writer.blocks.length).toBe(1);
  for (let i = 0; i < 100; i++) {
    publish();
    await vi.advanceTimersByTimeAsync(0.1);
  }
  await vi.advanceTimersByTimeAsync(10);
  expect(writer.blocks.length).toBeGreaterThan(1);
  expect(writer.blocks.length).toBeLessThanOrEqual(4);
  await vi.advanceTimersByTimeAsync(1000);
  publish();
  await vi.advanceTimersByTimeAsync(0);
  expect(writer.blocks.length).toBeLessThanOrEqual(5);
  publish();
  publisher.flush();
  const blocks = writer.blocks.length;
  await vi.advanceTimersByTimeAsync(10);
  expect(writer.blocks.length).toBe(blocks);
});
