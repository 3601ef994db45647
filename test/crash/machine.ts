import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A process of the machine. */
export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly command: string;
}

/** Every process there is. */
export function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^[0-9]+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        return [{ pid: Number(pid), ppid: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]), command }];
      } catch {
        return [];
      }
    });
}

/** A process and everything below it. */
export function tree(pid: number): Process[] {
  const all = processes();
  const found: Process[] = [];
  const visit = (parent: number) =>
    all
      .filter((p) => p.ppid === parent)
      .forEach((p) => {
        found.push(p);
        visit(p.pid);
      });
  visit(pid);
  return found;
}

/**
 * What the runs of a folder have left behind, as texts: processes, cgroups, folders below /run. (Runs are told apart by their names,
 * so that other tests may run beside this one.)
 */
export function leftovers(dir: string): string[] {
  const runs = children(join(dir, '.faultbox', 'runs'));
  const ours = processes().filter((p) => p.command.includes(dir) || runs.some((run) => p.command.includes(run)));
  const cgroups = cgroupRoots()
    .flatMap(children)
    .filter((name) => runs.includes(name));
  const state = children('/run/faultbox').filter((name) => runs.includes(name));
  return [
    ...ours.map((p) => `process ${p.pid} ${p.command.slice(0, 120)}`),
    ...cgroups.map((name) => `cgroup ${name}`),
    ...state.map((name) => `/run/faultbox/${name}`),
  ];
}

/** Waits until a condition holds; false when it does not within the time. */
export async function until(condition: () => boolean, limit_ms = 15_000): Promise<boolean> {
  const end = performance.now() + limit_ms;
  while (performance.now() < end) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return condition();
}

function cgroupRoots(): string[] {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((parts) => parts[2] === 'cgroup2');
  return mounts.map((parts) => join(parts[1]!, 'faultbox')).filter(existsSync);
}

/** The folders in a folder; none when it is not there. */
function children(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
