import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WalWrites } from './wal-writes.ts';

const pageBytes = 8192;
/** Of a commit record: most are as short as they can be. */
const bytesOf = (step: number): number => 46 + (step % 5 === 0 ? step % 900 : 0);

/** A commit as it was: when its timestamp was taken, when it was sent on, when the write that brought its end had ended. */
interface WrittenCommit {
  readonly lsn: number;
  readonly end: number;
  readonly committed: number;
  readonly sent: number;
  readonly wrote: number;
}

/**
 * Group commit as PostgreSQL does it: committers take their timestamp, then insert their record behind others; a write takes the pages from
 * the last one that was written, whole, with the records that are there when it begins, and the WAL writer's only those that are full: it may end
 * within a record. A committer's record is sent on after the write that brought its end.
 */
function groupCommit(steps: readonly number[], committers: number): { writes: WalWrites; commits: WrittenCommit[] } {
  const writes = new WalWrites();
  const pending: Array<{ committed: number; lsn: number | null; bytes: number }> = Array.from({ length: committers }, () => ({
    committed: -1,
    lsn: null,
    bytes: 0,
  }));
  const commits: WrittenCommit[] = [];
  let now = 0;
  let end = 40;
  let written = 0;
  for (const step of steps) {
    now += 10;
    const who = pending[step % committers]!;
    if (step % 3 === 0) {
      const from = Math.floor(written / pageBytes) * pageBytes;
      const full = Math.floor(end / pageBytes) * pageBytes;
      const onlyFull = step % 2 === 0;
      if (onlyFull && full === from) continue;
      const write = writes.add(0, now, now + 4, 1, { high: 0, low: 0 }, from, (onlyFull ? full : full + pageBytes) - from);
      written = onlyFull ? full : end;
      for (const p of pending) {
        if (p.lsn === null || p.lsn + p.bytes > written) continue;
        commits.push({ lsn: p.lsn, end: p.lsn + p.bytes, committed: p.committed, sent: now + 5 + (step % 40), wrote: write.exit });
        p.lsn = null;
        p.committed = -1;
      }
    } else if (who.committed < 0) who.committed = now;
    else if (who.lsn === null) {
      who.lsn = end + (step % 3000);
      who.bytes = bytesOf(step);
      end = who.lsn + who.bytes;
    }
  }
  return { writes, commits };
}

test.each([true, false])(
  'the only candidate is the write that held the commit, and the first never comes after it (its end known: %s)',
  (known) => {
    let certain = 0;
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 20, maxLength: 300 }), (steps) => {
        const { writes, commits } = groupCommit(steps, 8);
        for (const { lsn, end, committed, sent, wrote } of commits) {
          const { first, only } = writes.covering({ lsn, end: known ? end : null }, committed, sent);
          expect(first!.exit).toBeLessThanOrEqual(wrote);
          if (!only) continue;
          certain++;
          expect(first!.exit).toBe(wrote);
        }
      }),
      { numRuns: 300 },
    );
    expect(certain).toBeGreaterThan(100);
  },
);

test.each([null, pageBytes + 48])('a commit record that two writes share belongs to the one that brought its end, at %s', (end) => {
  const writes = new WalWrites();
  writes.add(0, 20, 24, 1, { high: 0, low: 0 }, 0, pageBytes);
  const second = writes.add(0, 30, 34, 1, { high: 0, low: 0 }, pageBytes, pageBytes);
  expect(writes.covering({ lsn: pageBytes - 16, end }, 10, 40)).toEqual({ first: second, only: true });
});

test('a commit record of which it is not known that the first write holds it to its end may belong to the one behind it', () => {
  const writes = new WalWrites();
  const first = writes.add(0, 20, 24, 1, { high: 0, low: 0 }, 0, pageBytes);
  writes.add(0, 30, 34, 1, { high: 0, low: 0 }, pageBytes, pageBytes);
  expect(writes.covering({ lsn: pageBytes - 100, end: null }, 10, 40)).toEqual({ first, only: false });
  expect(writes.covering({ lsn: pageBytes - 100, end: null }, 10, 29)).toEqual({ first, only: true });
  expect(writes.covering({ lsn: pageBytes - 100, end: pageBytes }, 10, 40)).toEqual({ first, only: true });
  expect(writes.covering({ lsn: pageBytes - 2000, end: null }, 10, 40)).toEqual({ first, only: true });
});
