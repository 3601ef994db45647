import { runPlain } from '../spec/plain.ts';

/** Runs a plain Starlark file: `print` to stdout, errors to stderr; the exit code. */
export function runPlainFile(file: string): number {
  const problem = runPlain(file, (text) => process.stdout.write(`${text}\n`));
  if (problem === null) return 0;
  process.stderr.write(`${problem}\n`);
  return 1;
}
