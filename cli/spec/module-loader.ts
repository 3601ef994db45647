import { realpathSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';
import { EvalError, execFile, type Thread, type Value } from '../starlark/index.ts';
import { readSource, SourceError } from './source-file.ts';
import { withoutSecrets } from './without-secrets.ts';

/** Executes a file and the files that it loads, each once. Everything lies in the first file's folder or below, symbolic links included. */
export class ModuleLoader {
  /** The text of each file by the name that messages use, in the order of loading. */
  readonly sources = new Map<string, string>();
  readonly #thread: Thread;
  readonly #predeclared: ReadonlyMap<string, Value>;
  readonly #nameOf: (path: string) => string;
  readonly #modules = new Map<string, Map<string, Value>>();
  /** The files whose execution has begun, by real path, and not ended, outermost first. */
  readonly #open: string[] = [];
  #root = '';

  /** `nameOf` says how messages call the file or folder at a path. */
  constructor(thread: Thread, predeclared: ReadonlyMap<string, Value>, nameOf: (path: string) => string) {
    this.#thread = thread;
    this.#predeclared = predeclared;
    this.#nameOf = nameOf;
  }

  /** Executes the first file; its folder bounds what can be loaded. Throws SourceError where it is no source, else StarlarkError. */
  run(file: string): Map<string, Value> {
    const source = readSource(file, this.#nameOf(file));
    this.#root = realpathSync(dirname(file));
    return this.#exec(file, realpathSync(file), source);
  }

  /** A file's text for showing lines of it. */
  shown(name: string): string | undefined {
    const source = this.sources.get(name);
    return source === undefined ? undefined : withoutSecrets(source);
  }

  #exec(path: string, real: string, source: string): Map<string, Value> {
    const name = this.#nameOf(path);
    this.sources.set(name, source);
    this.#open.push(real);
    const load = (module: string): Map<string, Value> => this.#load(module, dirname(path));
    const globals = execFile(this.#thread, { name, source, predeclared: this.#predeclared, load });
    this.#open.pop();
    this.#modules.set(real, globals);
    return globals;
  }

  #load(module: string, from: string): Map<string, Value> {
    const path = isAbsolute(module) ? module : join(from, module);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
      throw new EvalError(`there is no file "${module}" in ${this.#nameOf(from) || 'this folder'}`);
    }
    const real = realpathSync(path);
    if (!real.startsWith(this.#root === sep ? sep : this.#root + sep)) {
      throw new EvalError(`"${module}" lies outside of the folder ${this.#root}`, 'a file can load what lies in its own folder or below');
    }
    if (this.#open.includes(real)) throw new EvalError(`"${module}" loads itself`, this.#cycle(real));
    return this.#modules.get(real) ?? this.#exec(real, real, sourceOf(real, module));
  }

  #cycle(real: string): string {
    const files = [...this.#open.slice(this.#open.indexOf(real)), real].map(this.#nameOf);
    return files.length > 2 ? `the circle: ${files.join(' loads ')}` : 'what both need belongs into a third file';
  }
}

function sourceOf(path: string, module: string): string {
  try {
    return readSource(path, `"${module}"`);
  } catch (error) {
    throw error instanceof SourceError ? new EvalError(error.message) : error;
  }
}
