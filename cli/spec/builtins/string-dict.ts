import { EvalError, str, typeName, type Value } from '../../starlark/index.ts';

/** A dict of strings; anything else is an error that names the key. */
export function stringDict(owner: string, what: string, entries: ReadonlyArray<readonly [Value, Value]>): Record<string, string> {
  return Object.fromEntries(entries.map(([key, value]) => {
    if (typeof key !== 'string' || typeof value !== 'string') throw new EvalError(`${owner}: ${what} maps strings to strings, but ${str(key)} is ${typeName(value)}`);
    return [key, value];
  }));
}
