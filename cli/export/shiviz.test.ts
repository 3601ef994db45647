import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shivizHead, shivizLines, type ShivizEvent } from './shiviz.ts';

const hosts = ['db', 'api', 'my worker'];

/** Random histories: each event may learn of any earlier one; clocks by the book. */
const history = fc.array(fc.tuple(fc.nat(2), fc.option(fc.nat(1000), { nil: null }), fc.boolean()), { maxLength: 60 }).map((steps) => {
  const clocks = hosts.map(() => ({}) as Record<string, number>);
  const events: Array<ShivizEvent & { keep: boolean }> = [];
  for (const [h, from, keep] of steps) {
    const host = hosts[h]!;
    const clock = clocks[h]!;
    if (from !== null && events.length > 0)
      for (const [lane, n] of Object.entries(events[from % events.length]!.clock)) clock[lane] = Math.max(clock[lane] ?? 0, n);
    clock[host] = (clock[host] ?? 0) + 1;
    events.push({ host, clock: { ...clock }, text: 'an event\nin two lines', keep });
  }
  return events;
});

const before = (a: Record<string, number>, b: Record<string, number>): boolean =>
  Object.entries(a).every(([h, n]) => (b[h] ?? 0) >= n) && JSON.stringify(a) !== JSON.stringify(b);

test('a filtered log is one that ShiViz takes, and keeps happens-before exactly', () => {
  fc.assert(
    fc.property(history, (events) => {
      const kept = events.filter((e) => e.keep);
      const [regex] = shivizHead.split('\n');
      const parsed = shivizLines(kept).map((line) => {
        const groups = new RegExp(`^${regex}$`).exec(line)!.groups!;
        return { host: groups['host']!, clock: JSON.parse(groups['clock']!) as Record<string, number> };
      });
      const counts = new Map<string, number>();
      for (const { host, clock } of parsed) {
        counts.set(host, (counts.get(host) ?? 0) + 1);
        expect(clock[host]).toBe(counts.get(host));
      }
      for (const { clock } of parsed) for (const [host, n] of Object.entries(clock)) expect(n).toBeLessThanOrEqual(counts.get(host)!);
      for (let i = 0; i < kept.length; i++)
        for (let j = 0; j < kept.length; j++)
          expect(before(parsed[i]!.clock, parsed[j]!.clock)).toBe(before({ ...kept[i]!.clock }, { ...kept[j]!.clock }));
    }),
  );
});
