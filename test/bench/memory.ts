/** Peak memory of each process of a run, by how many events it has: it must not grow with them. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { processes, tree } from '../crash/machine.ts';
import { printTable } from './table.ts';

const sizes = (process.env['FAULTBOX_BENCH_CALLS'] ?? '1000000,10000000').split(',').map(Number);
const sample_ms = 50;
const kinds: ReadonlyArray<readonly [name: string, pattern: RegExp]> = [
  ['runner', /bin\/main\.ts test/], ['collector-syscall', /collector-syscall\/main\.ts/], ['tracer', /build\/tracer/], ['correlator', /correlator\/main\.ts/], ['engine', /build\/engine/],
];

/** MiB that each kind of process had in memory at most while a service made so many calls. */
async function peaks(calls: number): Promise<Map<string, number>> {
  const dir = mkdtempSync('/tmp/faultbox-bench-');
  execFileSync('gcc', ['-O1', '-o', join(dir, 'writer-loop'), join(packageRoot, 'test', 'load', 'writer-loop.c')]);
  writeFileSync(join(dir, 'spec.star'), `w = service("w", "writer-loop", interface("main", "tcp", 7000))\ndef test_calls():\n    w.send("${calls}", timeout = "30m")\n`);
  const child = spawn(join(packageRoot, 'cli', 'bin', 'faultbox'), ['test', 'spec.star', '--deadline', '5m'], { cwd: dir, stdio: 'ignore' });
  const found = new Map<string, number>();
  const timer = setInterval(() => {
    const all = [...tree(child.pid!), ...processes().filter((p) => p.pid === child.pid || (p.command.includes(dir) && p.command.includes('engine')))];
    for (const { pid, command } of all) {
      const kind = kinds.find(([, pattern]) => pattern.test(command))?.[0];
      if (kind) found.set(kind, Math.max(found.get(kind) ?? 0, peakOf(pid)));
    }
  }, sample_ms);
  await once(child, 'exit');
  clearInterval(timer);
  rmSync(dir, { recursive: true, force: true });
  return found;
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

const measured: Map<string, number>[] = [];
for (const calls of sizes) measured.push(await peaks(calls));
printTable('peak memory, MiB', ['', ...sizes.map((n) => `${n.toLocaleString('en')} events`)], kinds.map(([name]) => [name, ...measured.map((m) => (m.get(name) ?? 0).toFixed(0))]));
