import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runPart } from './names.ts';

/** Whether a run of this machine lives: it holds the lock on its file (flock), which the kernel lets go however it ends. */
export function runLives(run: string, home = '/run/faultbox'): boolean {
  const dir = children(home).find((name) => runPart(name) === run);
  if (dir === undefined) return false;
  const lock = join(home, dir, 'lock');
  return existsSync(lock) && spawnSync('flock', ['--nonblock', '--shared', lock, 'true']).status !== 0;
}

function children(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
