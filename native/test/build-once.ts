import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Builds the native programs before any test runs: none may change while tests use them. */
export function setup(): void {
  execFileSync(join(import.meta.dirname, '../build.sh'), { stdio: ['ignore', 'ignore', 'inherit'] });
}
