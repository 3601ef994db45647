import { str, typeName } from '../../starlark/index.ts';
import type { Arguments } from './signature.ts';

/** An argument that is a dict of strings; anything else in it is an error that names the key. */
export function stringDict(args: Arguments, name: string, owner: string): Record<string, string> {
  return Object.fromEntries(
    args.dict(name).map(([key, value]) => {
      if (typeof key === 'string' && typeof value === 'string') return [key, value];
      throw args.wrong(
        name,
        `${owner}: ${name} maps strings to strings, but ${str(key)} is ${typeName(typeof key === 'string' ? value : key)}`,
      );
    }),
  );
}
