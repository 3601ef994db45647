import { createHash } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, sep } from 'node:path';
import { EvalError, execFile, StarlarkError, StarlarkFunction, Thread, type Value } from '../starlark/index.ts';
import { specBuiltins } from './builtins/index.ts';
import { loadSteps } from './limits.ts';
import type { DeclaredMonitor } from './monitor.ts';
import type { Plan, SpecFile } from './plan.ts';
import type { DeclaredTest } from './registry.ts';
import { Session } from './session.ts';

/** A spec that has been loaded: its plan, and the functions behind its tests. */
export interface LoadedSpec {
  readonly plan: Plan;
  readonly session: Session;
  readonly tests: ReadonlyMap<string, DeclaredTest>;
  readonly monitors: ReadonlyMap<string, DeclaredMonitor>;
  readonly sourceOf: (file: string) => string | undefined;
}

const sourceBytes = 4 << 20;

/** Loads a spec and everything that it loads. Throws an `Error` whose message is complete for a reader: places, lines, carets. */
export function loadSpec(spec: string, cwd: string, print: (text: string) => void): LoadedSpec {
  const loader = new Loader(spec, cwd, print);
  try {
    const globals = loader.exec(spec);
    const { session } = loader;
    session.loaded();
    const name = relative(cwd, spec);
    session.registry.addTestFunctions(globals, (value): value is StarlarkFunction => value instanceof StarlarkFunction, (fn) => ({ file: fn.span.file, line: fn.span.line, col: fn.span.col }));
    const ordered = session.registry.ordered(name);
    const plan: Plan = { spec, files: loader.files, services: [...session.registry.services.values()], tests: ordered.map((t) => t.plan) };
    return { plan, session, monitors: session.registry.monitors, tests: new Map(ordered.map((t) => [t.plan.name, t])), sourceOf: (file) => loader.sources.get(file) };
  } catch (error) {
    if (error instanceof StarlarkError) throw new Error(error.format((file) => loader.sources.get(file)));
    throw error;
  }
}

class Loader {
  readonly session = new Session();
  readonly sources = new Map<string, string>();
  readonly files: SpecFile[] = [];
  readonly #root: string;
  readonly #cwd: string;
  readonly #print: (text: string) => void;
  readonly #modules = new Map<string, Map<string, Value> | 'loading'>();

  constructor(spec: string, cwd: string, print: (text: string) => void) {
    this.#root = realpathSync(dirname(spec));
    this.#cwd = cwd;
    this.#print = print;
  }

  exec(path: string): Map<string, Value> {
    const name = relative(this.#cwd, path);
    const source = readSource(path, name);
    this.sources.set(name, source);
    this.files.push({ name, sha256: createHash('sha256').update(source).digest('hex'), source });
    this.#modules.set(path, 'loading');
    const thread = new Thread({ print: this.#print, stepLimit: loadSteps });
    const globals = execFile(thread, { name, source, predeclared: specBuiltins(this.session), load: (module) => this.#load(module, dirname(path)) });
    this.#modules.set(path, globals);
    return globals;
  }

  /** A loaded module; everything lies in the folder of the spec or below, symbolic links included. */
  #load(module: string, from: string): Map<string, Value> {
    const path = isAbsolute(module) ? module : join(from, module);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new EvalError(`there is no file "${module}" beside ${relative(this.#cwd, from) || 'the spec'}`);
    const real = realpathSync(path);
    if (!real.startsWith(this.#root + sep)) throw new EvalError(`"${module}" lies outside of the spec's folder ${this.#root}`);
    const known = this.#modules.get(real);
    if (known === 'loading') throw new EvalError(`"${module}" loads itself, directly or through another file`);
    return known ?? this.exec(real);
  }
}

function readSource(path: string, name: string): string {
  if (statSync(path).size > sourceBytes) throw new Error(`${name} is larger than ${sourceBytes >> 20} MiB: that is no spec.`);
  return readFileSync(path, 'utf8');
}
