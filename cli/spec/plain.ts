import { relative, resolve } from 'node:path';
import { StarlarkError, Thread } from '../starlark/index.ts';
import { plainSteps, plainTime_ms } from './limits.ts';
import { ModuleLoader } from './module-loader.ts';
import { SourceError } from './source-file.ts';

/** Runs a plain Starlark file and what it loads. Null when it worked, else the error as people read it. What `print` throws passes. */
export function runPlain(file: string, print: (text: string) => void): string | null {
  const loader = new ModuleLoader(new Thread({ print, stepLimit: plainSteps, timeLimit_ms: plainTime_ms }), new Map(), nameOf);
  try {
    loader.run(resolve(file));
    return null;
  } catch (error) {
    if (error instanceof StarlarkError) return error.format((name) => loader.shown(name));
    if (error instanceof SourceError) return error.message;
    throw error;
  }
}

/** Relative to the working directory for what lies in it. */
function nameOf(path: string): string {
  const name = relative(process.cwd(), path);
  return name.startsWith('..') ? path : name;
}
