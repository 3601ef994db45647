import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyEnded, parseSnapshot } from './snapshot.ts';

test('reads what PostgreSQL writes', () => {
  expect(parseSnapshot('10:20:10,14,15')).toEqual({ xmax: 20n, running: new Set([10n, 14n, 15n]) });
  expect(parseSnapshot('10:10:')).toEqual({ xmax: 10n, running: new Set() });
});

test('says that none has ended exactly when none has', () => {
  const acts = fc.array(fc.record({ begin: fc.boolean(), pick: fc.nat(20) }), { maxLength: 30 });
  fc.assert(
    fc.property(acts, acts, (first, second) => {
      const running: bigint[] = [];
      let xmax = 100n;
      const run = (list: ReadonlyArray<{ begin: boolean; pick: number }>): number => {
        let ended = 0;
        for (const { begin, pick } of list) {
          if (begin) running.push(xmax++);
          else if (running.length > 0) ended += running.splice(pick % running.length, 1).length;
        }
        return ended;
      };
      run(first);
      const before = { xmax, running: new Set(running) };
      const ended = run(second);
      expect(anyEnded(before, { xmax, running: new Set(running) })).toBe(ended > 0);
    }),
  );
});
