import { nearestName } from '../nearest-name.ts';
import type { Load } from '../syntax/ast.ts';
import type { Span } from '../syntax/span.ts';
import { EvalError } from '../run/errors.ts';
import { type Exec, NEXT } from '../run/frame.ts';
import type { Module } from '../run/function.ts';
import type { Value } from '../run/values.ts';
import { compileTarget } from './assign.ts';

/** Gives the names of a module; throws when it cannot be loaded. `span` is where its path is written. */
export type LoadModule = (module: string, span: Span) => Map<string, Value>;

/** A load statement. */
export function compileLoad(s: Load, m: Module, load: LoadModule | null): Exec {
  const names = s.names.map((n) => ({ ...n, assign: compileTarget(n.local, m) }));
  return (f) => {
    f.at = s.moduleSpan;
    if (load === null) throw new EvalError('load is not available here');
    const loaded = load(s.module, s.moduleSpan);
    for (const { remote, assign, span } of names) {
      const value = loaded.get(remote);
      if (value === undefined) {
        f.at = span;
        const near = nearestName(remote, loaded.keys());
        throw new EvalError(`load: name ${remote} not found in module ${s.module}`, near === null ? null : `did you mean '${near}'?`);
      }
      assign(f, value);
    }
    return NEXT;
  };
}
