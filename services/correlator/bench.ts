/**
 * `node services/correlator/bench.ts [EVENTS]`: makes a synthetic bus, follows it into a store of its own, and says how fast that went
 * and what an event takes on disk.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordOf } from '../../schemas/codec.ts';
import { openLogWriter } from '../bus/log/writer.ts';
import { withTestStore } from '../store/testing.ts';
import { follow } from './follow.ts';
import { blocksOf, makeHistory, randomFrom } from './testing/history.ts';

const events = Number(process.argv[2] ?? 1_000_000);
const perTest = 120_000;
const perRequest = 12;
const requestsPerBarrier = 1_700;
const blockRecords = 1_300;

function makeBus(dir: string): void {
  const writers = { runner: openLogWriter(dir, 'runner'), syscall: openLogWriter(dir, 'syscall'), stdout: openLogWriter(dir, 'stdout') };
  const append = <R extends keyof typeof writers>(room: R, records: ReadonlyArray<RecordOf[R]>) => {
    for (const block of blocksOf(room, records, () => blockRecords)) writers[room].append(block.records, block.count);
  };
  const tests = Math.max(1, Math.round(events / perTest));
  for (let t = 0; t < tests; t++) {
    const requests = Math.round(events / tests / perRequest);
    const h = makeHistory({ run: 'bench', test: `test_${t}`, requests, every: requestsPerBarrier, random: randomFrom(t + 1) });
    append('runner', t === 0 ? h.runner : h.runner.slice(1));
    append('syscall', h.syscall);
    append('stdout', h.stdout);
  }
  for (const writer of Object.values(writers)) void writer.close();
}

async function measure(bus: string): Promise<void> {
  await withTestStore(async ({ client }) => {
    const began = performance.now();
    const cpu = process.cpuUsage();
    let barriers = 0;
    await (await follow('bench', { dir: bus }, client, () => barriers++)).end();
    const seconds = (performance.now() - began) / 1000;
    const used = process.cpuUsage(cpu);
    const [rows] = await client.query<{ n: number }>('SELECT count() AS n FROM events');
    await client.command('OPTIMIZE TABLE events FINAL');
    const columns = await client.query<{ name: string; bytes: number }>(
      `SELECT name, data_compressed_bytes AS bytes FROM system.columns
       WHERE database = currentDatabase() AND table = 'events' ORDER BY bytes DESC`,
    );
    const bytes = columns.reduce((sum, c) => sum + c.bytes, 0);
    const n = rows!.n;
    const cpu_us = (used.user + used.system) / n;
    console.log(`${n} events, ${barriers} barriers: ${Math.round(n / seconds)} events/s, ${cpu_us.toFixed(2)} µs of this process an event`);
    const largest = columns.filter((c) => c.bytes > n / 20).map((c) => `${c.name} ${(c.bytes / n).toFixed(2)}`);
    console.log(`${(bytes / n).toFixed(1)} bytes an event: ${largest.join(', ')}`);
    console.log(`peak memory of this process ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`);
  });
}

/** The bus is made by a process of its own, so that its garbage is not measured. */
const [, , , target] = process.argv;
if (target !== undefined) {
  makeBus(target);
} else {
  const dir = mkdtempSync('/tmp/faultbox-bench-');
  try {
    const bus = join(dir, 'bus');
    mkdirSync(bus);
    execFileSync(process.execPath, [import.meta.filename, String(events), bus], { stdio: 'inherit' });
    await measure(bus);
  } finally {
    rmSync(dir, { recursive: true });
  }
}
