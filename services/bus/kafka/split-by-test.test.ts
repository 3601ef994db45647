import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRecords } from '../../../schemas/codec.ts';
import { blockOf, line } from '../testing/lines.ts';
import { TestSplitter } from './split-by-test.ts';

const tests = fc.constantFrom('', 'a', 'test_ü', 'x'.repeat(200));

test('the pieces are the records, each piece of one test, none much beyond the limit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(tests, fc.integer({ min: 0, max: 2 ** 40 }))),
      fc.integer({ min: 1, max: 2000 }),
      (drawn, limit_bytes) => {
        const lines = drawn.map(([name, position]) => line('r', position, name));
        const pieces = new TestSplitter('stdout', limit_bytes).split(blockOf(lines));
        expect(pieces.flatMap((p) => decodeRecords('stdout', p.records))).toEqual(lines);
        for (const { test: name, count, records } of pieces) {
          const own = decodeRecords('stdout', records);
          expect(own.map((r) => r.test)).toEqual(Array(count).fill(name));
          expect(records.length - blockOf(own.slice(-1)).length).toBeLessThan(limit_bytes);
        }
      },
    ),
  );
});
