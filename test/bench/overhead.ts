/** What a system call costs: bare, with the tracer attached to other processes, under the launcher alone, and traced and delivered to the bus. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { foldersOf, packageRoot } from '../../cli/runner/folders.ts';
import { Collector } from '../../cli/runner/processes/collector.ts';
import { Keeper } from '../../cli/runner/processes/keeper.ts';
import { Launch } from '../../cli/runner/processes/launch.ts';
import { printTable, spread, spreadText } from './table.ts';

const rounds = 5;
const loops = [
  ['getppid', 1_000_000],
  ['pwrite', 500_000],
  ['roundtrip', 30_000],
] as const;
const program = join(packageRoot, 'native', 'build', 'bench');
const dir = mkdtempSync('/tmp/faultbox-bench-');
const folders = foldersOf(dir, 'bench');
for (const d of [folders.bus, folders.run]) mkdirSync(d, { recursive: true });

const bare = (loop: string, count: number) =>
  Number(
    execFileSync('taskset', ['-c', '0', program, loop, String(count), join(dir, 'data')], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)[0],
  );

/** Runs the loop as a service; `cgroup` decides whether it is traced. */
async function launched(cgroup: string, loop: string, count: number): Promise<number> {
  const stdout = join(dir, 'out');
  rmSync(stdout, { force: true });
  await new Promise<void>((resolve, reject) => {
    const launch: Launch = new Launch(
      {
        cgroup,
        stdout,
        stderr: join(dir, 'err'),
        cwd: dir,
        user: null,
        filter: [],
        program: '/usr/bin/taskset',
        args: ['-c', '0', program, loop, String(count), join(dir, 'data')],
        env: { PATH: process.env['PATH']! },
        log: join(dir, 'log'),
      },
      (notice) => {
        if (notice.kind === 'empty') launch.end().then(resolve, reject);
        else if (notice.kind === 'failed') reject(new Error(notice.text));
      },
    );
  });
  return Number(readFileSync(stdout, 'utf8').trim().split(/\s+/)[0]);
}

const keeper = await Keeper.start('bench', folders);
await keeper.test('t');
const plain = await keeper.service('t', 'plain');
const traced = await keeper.service('t', 'traced');
const results = new Map<string, number[]>();
const note = (key: string, value: number) => results.set(key, [...(results.get(key) ?? []), value]);

for (let round = 0; round < rounds; round++)
  for (const [loop, count] of loops) {
    note(`bare ${loop}`, bare(loop, count));
    note(`launcher ${loop}`, await launched(plain, loop, count));
  }
const collector = new Collector('syscall', 'bench', folders, { dir: folders.bus });
await collector.ask({ do: 'attach', test: 't', source: 'syscall/traced', service: 'traced', cgroup: traced, trace: 'default' });
for (let round = 0; round < rounds; round++)
  for (const [loop, count] of loops) {
    note(`attached ${loop}`, bare(loop, count));
    note(`traced ${loop}`, await launched(traced, loop, count));
  }
await collector.end();
await keeper.end();
rmSync(dir, { recursive: true });

const rows = [
  ['bare', 'bare'],
  ['launcher', 'under the launcher, tracer off'],
  ['attached', 'tracer attached, process not selected'],
  ['traced', 'traced, delivered to the bus'],
].map(([key, text]) => [
  text!,
  ...loops.flatMap(([loop]) => {
    const own = spread(results.get(`${key} ${loop}`)!);
    return [spreadText(own), `× ${(own.median / spread(results.get(`bare ${loop}`)!).median).toFixed(2)}`];
  }),
]);
printTable(
  `ns a system call, median [min..max] of ${rounds}; roundtrip is four calls`,
  ['', ...loops.flatMap(([loop]) => [loop, ''])],
  rows,
);
