import fc from 'fast-check';
import { expect, test } from 'vitest';
import { WalWrites } from './wal-writes.ts';

const pageBytes = 8192;

/**
 * Group commit as PostgreSQL does it: committers take their timestamp, then insert their record; a write takes the pages from the last one
 * that was written, whole, with the records that are there when it begins. A committer's record is sent on after the write that held it.
 */
function groupCommit(steps: readonly number[], committers: number): { writes: WalWrites; commits: Array<{ lsn: number; committed: number; sent: number; wrote: number }> } {
  const writes = new WalWrites();
  const pending: Array<{ committed: number; lsn: number | null }> = Array.from({ length: committers }, () => ({ committed: -1, lsn: null }));
  const commits: Array<{ lsn: number; committed: number; sent: number; wrote: number }> = [];
  let now = 0;
  let end = 40;
  let written = 0;
  for (const step of steps) {
    now += 10;
    const who = pending[step % committers]!;
    if (step % 3 === 0) {
      const from = Math.floor(written / pageBytes) * pageBytes;
      const bytes = (Math.floor(end / pageBytes) + 1) * pageBytes - from;
      const write = writes.add(0, now, now + 4, 1, { high: 0, low: 0 }, from, bytes);
      written = end;
      for (const p of pending) {
        if (p.lsn === null) continue;
        commits.push({ lsn: p.lsn, committed: p.committed, sent: now + 5 + (step % 40), wrote: write.exit });
        p.lsn = null;
        p.committed = -1;
      }
    } else if (who.committed < 0) who.committed = now;
    else if (who.lsn === null) {
      who.lsn = end;
      end += 46 + (step % 3000);
    }
  }
  return { writes, commits };
}

test('the only candidate is the write that held the commit, and the first never comes after it', () => {
  let certain = 0;
  fc.assert(fc.property(fc.array(fc.nat(10_000), { minLength: 20, maxLength: 300 }), (steps) => {
    const { writes, commits } = groupCommit(steps, 8);
    for (const { lsn, committed, sent, wrote } of commits) {
      const { first, only } = writes.covering(lsn, committed, sent);
      expect(first!.exit).toBeLessThanOrEqual(wrote);
      if (!only) continue;
      certain++;
      expect(first!.exit).toBe(wrote);
    }
  }), { numRuns: 300 });
  expect(certain).toBeGreaterThan(100);
});
