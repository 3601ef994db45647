import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { StarlarkError, StarlarkFunction, Thread } from '../starlark/index.ts';
import { specBuiltins } from './builtins/index.ts';
import { loadSteps } from './limits.ts';
import { ModuleLoader } from './module-loader.ts';
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
  /** A file's text for showing lines of it. */
  readonly sourceOf: (file: string) => string | undefined;
}

/** Loads a spec and everything that it loads. Throws an `Error` whose message is complete for a reader: places, lines, carets. */
export function loadSpec(spec: string, cwd: string, print: (text: string) => void): LoadedSpec {
  const session = new Session();
  const loader = new ModuleLoader(new Thread({ print, stepLimit: loadSteps }), specBuiltins(session), (path) => relative(cwd, path));
  try {
    const globals = loader.run(spec);
    session.loaded();
    const name = relative(cwd, spec);
    session.registry.addTestFunctions(
      globals,
      (value): value is StarlarkFunction => value instanceof StarlarkFunction,
      (fn) => ({ file: fn.span.file, line: fn.span.line, col: fn.span.col }),
    );
    const ordered = session.registry.ordered(name);
    const plan: Plan = {
      spec,
      files: specFiles(loader.sources),
      services: [...session.registry.services.values()],
      tests: ordered.map((t) => t.plan),
    };
    return {
      plan,
      session,
      monitors: session.registry.monitors,
      tests: new Map(ordered.map((t) => [t.plan.name, t])),
      sourceOf: (file) => loader.shown(file),
    };
  } catch (error) {
    if (error instanceof StarlarkError) throw new Error(error.format((file) => loader.shown(file)));
    throw error;
  }
}

function specFiles(sources: ReadonlyMap<string, string>): SpecFile[] {
  return [...sources].map(([name, source]) => ({ name, sha256: createHash('sha256').update(source).digest('hex'), source }));
}
