/** Peak memory of each process of a run, by how many events it has: it must not grow with them. Over Kafka too, where one is installed. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../cli/runner/folders.ts';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { processes, tree } from '../crash/machine.ts';
import { printTable } from './table.ts';

const sizes = (process.env['FAULTBOX_BENCH_CALLS'] ?? '1000000,10000000').split(',').map(Number);
const sample_ms = 50;
const kinds: ReadonlyArray<readonly [name: string, pattern: RegExp]> = [
  ['runner', /bin\/main\.ts test/],
  ['collector-syscall', /collector-syscall\/main\.ts/],
  ['collector-stdout', /collector-stdout\/main\.ts/],
  ['tracer', /build\/tracer/],
  ['correlator', /correlator\/main\.ts/],
  ['engine', /build\/engine/],
];

/** MiB that each kind of process had in memory at most while a service made so many calls. */
async function peaks(calls: number, flags: readonly string[]): Promise<Map<string, number>> {
  const dir = mkdtempSync('/tmp/faultbox-bench-');
  execFileSync('gcc', ['-O1', '-o', join(dir, 'writer-loop'), join(packageRoot, 'test', 'load', 'writer-loop.c')]);
  writeFileSync(
    join(dir, 'spec.star'),
    `w = service("w", "writer-loop", interface("main", "tcp", 7000))\ndef test_calls():\n    w.send("${calls}", timeout = "30m")\n`,
  );
  const child = spawn(join(packageRoot, 'cli', 'bin', 'faultbox'), ['test', 'spec.star', '--deadline', '5m', ...flags], {
    cwd: dir,
    stdio: 'ignore',
  });
  const found = new Map<string, number>();
  const timer = setInterval(() => {
    const all = [
      ...tree(child.pid!),
      ...processes().filter((p) => p.pid === child.pid || (p.command.includes(dir) && p.command.includes('engine'))),
    ];
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

const embedded: Map<string, number>[] = [];
for (const calls of sizes) embedded.push(await peaks(calls, []));
const overKafka: Map<string, number>[] = [];
if (existsSync(join(packageRoot, 'infra', 'kafka', 'build', 'ready'))) {
  const kafka = await LocalKafka.start();
  for (const calls of sizes) overKafka.push(await peaks(calls, ['--bus', kafka.bus]));
  await kafka.end();
}
const amounts = sizes.map((n) => `${n.toLocaleString('en')} events`);
const header = ['', ...amounts, ...(overKafka.length > 0 ? amounts.map((amount) => `${amount}, Kafka`) : [])];
const cell = (measured: Map<string, number>, kind: string) => (measured.get(kind) ?? 0).toFixed(0);
printTable(
  'peak memory, MiB',
  header,
  kinds.map(([name]) => [name, ...[...embedded, ...overKafka].map((m) => cell(m, name))]),
);
