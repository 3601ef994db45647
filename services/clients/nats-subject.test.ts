import { expect, test } from 'vitest';
import { subjectCovers } from './nats-subject.ts';

test.each([
  ['orders', 'orders', true],
  ['orders', 'orders.placed', false],
  ['orders.placed', 'orders', false],
  ['orders.placed', 'orders.*', true],
  ['orders.placed.eu', 'orders.*', false],
  ['orders', 'orders.>', false],
  ['orders.placed.eu', 'orders.>', true],
  ['orders.placed.eu', '*.placed.>', true],
  ['orders.paid.eu', '*.placed.>', false],
  ['anything', '>', true],
  ['orders.>', 'orders.*', false],
  ['orders.*', 'orders.>', true],
])('%s of %s: %s', (topic, observed, is) => {
  expect(subjectCovers(observed, topic)).toBe(is);
});
