import { runPlain } from '../spec/plain.ts';

/** Thrown by `print` when nothing more can be written. */
class OutputFailed extends Error {}

/** Runs a plain Starlark file: `print` to stdout, errors to stderr; the exit code. A reader that has gone ends it quietly. */
export function runPlainFile(file: string): number {
  // The stream's errors are looked at in print; other listeners would report them a second time, and none at all end the process.
  process.stdout.removeAllListeners('error').on('error', () => undefined);
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

function print(text: string): void {
  process.stdout.write(`${text}\n`);
  const failure = process.stdout.errored as NodeJS.ErrnoException | null;
  if (failure !== null) throw new OutputFailed(failure.code ?? failure.message);
}
