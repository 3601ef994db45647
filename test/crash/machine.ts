import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tmpdir } from 'node:os';

/** A process of the machine. */
export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly command: string;
}

/** Every process there is. */
export function processes(): Process[] {
  return readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name)).flatMap((pid) => {
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
  const visit = (parent: number) => all.filter((p) => p.ppid === parent).forEach((p) => {
    found.push(p);
    visit(p.pid);
  });
  visit(pid);
  return found;
}

/** Everything that a run could leave behind, as texts that can be compared. */
export function leftovers(): string[] {
  const ours = processes().filter((p) => /native\/build\/(launch|tracer|keeper|engine)|services\/(collector-|correlator)|bin\/linux\/(mock|logfmt|regex)/.test(p.command));
  const cgroups = cgroupRoots().flatMap((dir) => children(dir).map((name) => `cgroup ${name}`));
  const runs = children('/run/faultbox').filter((name) => name !== 'ports').map((name) => `/run/faultbox/${name}`);
  const leases = children('/run/faultbox/ports').map((name) => `port lease ${name}`);
  const temporary = children(tmpdir()).filter((name) => name.startsWith('faultbox') && !name.startsWith('faultbox-test-') && !name.startsWith('faultbox-chapter')).map((name) => `temporary ${name}`);
  return [...ours.map((p) => `process ${p.command.slice(0, 120)}`), ...cgroups, ...runs, ...leases, ...temporary].sort();
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
  const mounts = readFileSync('/proc/mounts', 'utf8').split('\n').map((line) => line.split(' ')).filter((parts) => parts[2] === 'cgroup2');
  return mounts.map((parts) => join(parts[1]!, 'faultbox')).filter(existsSync);
}

function children(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true }).filter((entry) => !dir.includes('cgroup') || entry.isDirectory()).map((entry) => entry.name);
  } catch {
    return [];
  }
}

