import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { command, type Playground, type Trace } from '../faultbox.ts';
import { tree, until, type Process } from './machine.ts';
import { randomOf, seed } from './random.ts';
import type { Workload } from './workloads.ts';

/** What a run came to that was struck once in each of its tests but the last. */
export interface StruckRun {
  readonly code: number | null;
  readonly output: string;
  readonly trace: Trace;
  /** How many blows found their victim. */
  readonly blows: number;
}

/** A blow against a run: SIGKILL to a process of it that is found by its command line, or whatever else is done at that moment. */
export type Blow = RegExp | (() => Promise<void>);

const start_ms = 120_000;

/**
 * Runs a workload once more than `times` in one run and strikes each of these tests but the last once, at a moment between its first step
 * and the end of its services. The moments come from the seed and `name`.
 */
export async function strike(
  at: Playground,
  name: string,
  workload: Workload,
  blow: Blow,
  times: number,
  flags: readonly string[],
): Promise<StruckRun> {
  const { spec, works_ms } = workload;
  at.write('spec.star', spec);
  const args = ['test', 'spec.star', '--runs', String(times + 1), '--seed', String(seed), '--output', 'trace.json', ...flags];
  const child = spawn(command, args, { cwd: at.dir, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => (output += String(d)));
  let running = true;
  const ended = once(child, 'close').finally(() => (running = false));
  const random = randomOf(name);
  let blows = 0;
  for (let n = 0; n < times && running; n++) {
    await until(() => !running || atWork(at) !== null, start_ms);
    const test = atWork(at);
    await pause(random() * works_ms);
    if (test !== null && (await struck(child.pid!, blow, () => atWork(at) === test))) blows++;
    await until(() => !running || atWork(at) !== test, start_ms);
  }
  const [code] = (await ended) as [number | null];
  return { code, output, trace: JSON.parse(at.read('trace.json')) as Trace, blows };
}

/** The folder of the test that is at work: its marker has written its line. */
function atWork(at: Playground): string | null {
  for (const run of children(join(at.dir, '.faultbox', 'runs'))) {
    const tmp = join('/run/faultbox', run, 'tmp');
    const test = children(tmp).find((name) => sizeOf(join(tmp, name, 'marker', 'mock-db.journal')) > 0);
    if (test !== undefined) return join(tmp, test);
  }
  return null;
}

/** False when the test has ended meanwhile, or the victim is not there. */
async function struck(run: number, blow: Blow, stillAtWork: () => boolean): Promise<boolean> {
  if (typeof blow === 'function') {
    if (!stillAtWork()) return false;
    await blow();
    return true;
  }
  const victim = find(run, blow);
  if (!victim || !stillAtWork()) return false;
  try {
    process.kill(victim.pid, 'SIGKILL');
  } catch {
    return false;
  }
  return true;
}

/** A process of a run; what is started by launch stands on the command line of launch too. */
function find(run: number, command: RegExp): Process | undefined {
  return tree(run).find((p) => command.test(p.command) && !p.command.includes('native/build/launch'));
}

function children(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
