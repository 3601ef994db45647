import { writeSync } from 'node:fs';
import { runPlain } from '../spec/plain.ts';

/** Thrown by `print` when nothing more can be written. */
class OutputFailed extends Error {}

const stdout = 1;
const wait_ms = 1;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

/** Runs a plain Starlark file: `print` to stdout, errors to stderr; the exit code. A reader that has gone ends it quietly. */
export function runPlainFile(file: string): number {
  try {
    const problem = runPlain(file, print);
    if (problem === null) return 0;
    process.stderr.write(`${problem}\n`);
    return 1;
  } catch (error) {
    if (!(error instanceof OutputFailed)) throw error;
    if (error.message === 'EPIPE') return 0;
    process.stderr.write(`The output could not be written: ${error.message}.\n`);
    return 1;
  }
}

/** Written at once: the program does not go on before, so that nothing queues for a reader that is slow. */
function print(text: string): void {
  let rest = Buffer.from(`${text}\n`);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(stdout, rest));
    } catch (error) {
      const { code = 'an error' } = error as NodeJS.ErrnoException;
      if (code !== 'EAGAIN') throw new OutputFailed(code);
      Atomics.wait(sleeper, 0, 0, wait_ms);
    }
  }
}
