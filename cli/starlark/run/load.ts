import { nearestName } from '../nearest-name.ts';
import type { Load } from '../syntax/ast.ts';
import type { Span } from '../syntax/span.ts';
import { EvalError } from './errors.ts';
import type { Value } from './values.ts';

/** Gives the names of a module; throws when it cannot be loaded. `span` is where its path is written. */
export type LoadModule = (module: string, span: Span) => Map<string, Value>;

/** The values of the names of a load statement, in its order. */
export function loadNames({ module, moduleSpan, names }: Load, load: LoadModule): Value[] {
  const loaded = load(module, moduleSpan);
  return names.map(({ remote, span }) => {
    const value = loaded.get(remote);
    if (value !== undefined) return value;
    const near = nearestName(remote, loaded.keys());
    throw new EvalError(`load: name ${remote} not found in module ${module}`, near === null ? null : `did you mean '${near}'?`, span);
  });
}
