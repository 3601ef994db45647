import { readFileSync } from 'node:fs';
import { execFile, EvalError, StarlarkError, Thread } from '../starlark/index.ts';
import { testSteps } from './limits.ts';

/** Runs a plain Starlark file. Null when it worked, else the error as people read it. */
export function runPlain(file: string, print: (text: string) => void): string | null {
  let source: string;
  try {
    source = readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? `There is no file "${file}".` : (error as Error).message;
  }
  try {
    execFile(new Thread({ print, stepLimit: testSteps }), { name: file, source, predeclared: new Map(), load: (module) => {
      throw new EvalError(`a plain file cannot load "${module}"`);
    } });
    return null;
  } catch (error) {
    if (error instanceof StarlarkError) return error.format((name) => (name === file ? source : undefined));
    throw error;
  }
}
