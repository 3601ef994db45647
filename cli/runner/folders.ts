import { join } from 'node:path';

/** Where a run keeps what it keeps, below the working directory. */
export interface Folders {
  /** `.faultbox` */
  readonly root: string;
  /** `.faultbox/store`: the embedded engine's */
  readonly store: string;
  /** `.faultbox/bus/<run>`: the run's records */
  readonly bus: string;
  /** `.faultbox/runs/<run>`: captured output, logs of our own processes */
  readonly run: string;
}

/** The folders of one run, seen from a working directory. */
export function foldersOf(cwd: string, run: string): Folders {
  const root = join(cwd, '.faultbox');
  return { root, store: join(root, 'store'), bus: join(root, 'bus', run), run: join(root, 'runs', run) };
}

/** A name of a test or service as part of a file name. */
export function fileName(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '_');
}

/** The root of the checkout, or of the installed package. */
export const packageRoot = join(import.meta.dirname, '..', '..');

/** A native program of ours. */
export function nativeProgram(name: 'launch' | 'tracer' | 'keeper' | 'engine'): string {
  return join(packageRoot, 'native', 'build', name);
}
