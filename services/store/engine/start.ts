import { spawn } from 'node:child_process';
import { accessSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StoreError } from '../errors.ts';

const packageRoot = join(import.meta.dirname, '..', '..', '..');

function library(): string {
  const require = createRequire(import.meta.url);
  const name = `@chdb/lib-linux-${process.arch}-gnu`;
  try {
    const file = join(dirname(require.resolve(`${name}/package.json`)), 'libchdb.so');
    accessSync(file);
    return file;
  } catch (error) {
    const advice = 'Install faultbox with its optional dependencies.';
    throw new StoreError('E_ENGINE_MISSING', `The store's engine is not installed: the npm package ${name} is missing. ${advice}`, error);
  }
}

/** The last lines that the engine of a folder complained with. */
export function engineComplaint(dir: string): string {
  try {
    return readFileSync(join(dir, 'engine.log'), 'utf8').trim().split('\n').slice(-3).join(' ');
  } catch {
    return '';
  }
}

/**
 * Starts `native/build/engine` for a folder, on its own: it outlives this process for as long as somebody holds the folder's
 * `alive`. The promise settles with its exit status when it ends; 0 also when another engine serves the folder already.
 */
export function startEngine(dir: string): Promise<number> {
  const program = join(packageRoot, 'native', 'build', 'engine');
  if (!existsSync(program)) throw new StoreError('E_ENGINE_MISSING', `The program ${program} is not built. Run npm run setup.`);
  const child = spawn(program, ['--dir', dir, '--lib', library()], { stdio: 'ignore', detached: true });
  child.unref();
  return new Promise((resolve) => {
    child.on('exit', (code) => resolve(code ?? -1));
    child.on('error', () => resolve(-1));
  });
}
