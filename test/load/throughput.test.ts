import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStore } from '../../services/store/store.ts';
import { Playground } from '../faultbox.ts';

const calls = Number(process.env['FAULTBOX_SOAK_CALLS'] ?? 300_000);

let at: Playground;
beforeEach(() => {
  at = new Playground();
  execFileSync('gcc', ['-O1', '-o', join(at.dir, 'writer-loop'), join(import.meta.dirname, 'writer-loop.c')]);
});
afterEach(() => at.remove());

test(`every call that a service made is stored or counted as lost (${calls.toLocaleString('en')} calls)`, async () => {
  const { code, stdout } = await at.test(`
w = service("w", "writer-loop", interface("main", "tcp", 7000))

def test_many_calls():
    assert_eq(w.send("${calls}", timeout = "10m"), "done")
`);
  expect([code, stdout]).toEqual([0, expect.stringContaining('✓ test_many_calls')]);
  const run = /run ([0-9a-f]+)\n/.exec(stdout)![1]!;
  const store = await openStore({ dir: join(at.dir, '.faultbox', 'store') });
  const [row] = await store.client.query<{ stored: number; holes: number; lost: number | null }>(
    `SELECT countIf(syscall = 'pwrite64') AS stored, max(seq) - count() AS holes, (SELECT lost FROM sources WHERE run = {run:String} AND source = 'syscall/w') AS lost FROM events WHERE run = {run:String}`,
    { run },
  );
  await store.close();
  expect(row!.holes).toBe(0);
  expect(row!.stored + (row!.lost ?? Number.NaN)).toBe(calls);
});
