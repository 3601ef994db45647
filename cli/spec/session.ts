import { EvalError, type Thread } from '../starlark/index.ts';
import type { Place } from './plan.ts';
import { Registry } from './registry.ts';
import type { Trial } from './trial.ts';

/** The state behind the builtins of one loaded spec: declarations while it loads, a trial while a test runs. */
export class Session {
  readonly registry = new Registry();
  #trial: Trial | null = null;
  #loading = true;

  loaded(): void {
    this.#loading = false;
  }

  enter(trial: Trial | null): void {
    this.#trial = trial;
  }

  /** The running test; an error where there is none. */
  trial(name: string): Trial {
    if (this.#trial) return this.#trial;
    throw new EvalError(`${name}() can only be called while a test runs: put it into a scenario, a test_ function or expect=`);
  }

  /** The registry while the spec loads; an error later. */
  declare(name: string): Registry {
    if (this.#loading) return this.registry;
    throw new EvalError(`${name}() can only be called while the spec loads, not while a test runs`);
  }
}

/** Where the spec called the builtin that is running. */
export function callerPlace(thread: Thread): Place {
  const { file, line, col } = thread.span ?? { file: '', line: 0, col: 0 };
  return { file, line, col };
}
