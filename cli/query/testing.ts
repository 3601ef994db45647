import { execFile, StarlarkFunction, structBuiltin, Thread } from '../starlark/index.ts';

/** For tests: the function that a Starlark expression gives, in a module that begins with `prelude`. */
export function predicate(source: string, prelude = ''): StarlarkFunction {
  const globals = execFile(new Thread(), {
    name: 'p.star',
    source: `${prelude}\np = ${source}\n`,
    predeclared: new Map([['struct', structBuiltin]]),
    load: () => new Map(),
  });
  const p = globals.get('p');
  if (!(p instanceof StarlarkFunction)) throw new Error('a function was expected');
  return p;
}
