import { expect, test } from 'vitest';
import { overlap } from './withheld.ts';

test.each([
  ['a.b', 'a.b', true],
  ['a.b', 'a.c', false],
  ['a.*', '*.b', true],
  ['a.*', 'a.b.c', false],
  ['a.>', 'a.b.c', true],
  ['a.>', 'a', false],
  ['>', 'a', true],
  ['a.*.c', 'a.b.>', true],
  ['a.*.c', 'b.>', false],
])('%s and %s have a subject in common: %s', (one, other, common) => {
  expect([overlap(one.split('.'), other.split('.')), overlap(other.split('.'), one.split('.'))]).toEqual([common, common]);
});
