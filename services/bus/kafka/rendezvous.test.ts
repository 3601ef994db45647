import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readerOf } from './rendezvous.ts';

const members = fc.uniqueArray(fc.uuid(), { minLength: 1, maxLength: 8 });
const partitions = Array.from({ length: 32 }, (_, p) => p);

test('a member that comes takes partitions for itself only; none moves between the others', () => {
  fc.assert(
    fc.property(members, fc.uuid(), (old, comer) => {
      fc.pre(!old.includes(comer));
      for (const p of partitions) expect([readerOf(old, 'events', p), comer]).toContain(readerOf([...old, comer], 'events', p));
    }),
  );
});

test('all members find the same reader, in whatever order they know each other', () => {
  fc.assert(
    fc.property(members, (some) => {
      for (const p of partitions) expect(readerOf([...some].reverse(), 'events', p)).toBe(readerOf(some, 'events', p));
    }),
  );
});
