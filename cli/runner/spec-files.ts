import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SpecError } from './spec-error.ts';

/** The spec files that arguments name: files as they are, the `.star` files of a folder in the order of their names. */
export function specFiles(args: readonly string[], cwd: string): string[] {
  return args.flatMap((arg) => {
    const path = resolve(cwd, arg);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) throw new SpecError(null, `There is no file or folder "${arg}".`);
    if (stat.isFile()) return [path];
    const found = readdirSync(path)
      .filter((name) => name.endsWith('.star'))
      .sort();
    if (found.length === 0) throw new SpecError(null, `The folder "${arg}" has no .star file.`);
    return found.map((name) => join(path, name));
  });
}
