/** Writes what is made of the builtins' table: docs/reference.md and the editor's stubs beside the examples. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { referencePage } from './markdown.ts';
import { stubs } from './stubs.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** File name below the checkout to content. */
export function generated(): Map<string, string> {
  return new Map([
    ['docs/reference.md', referencePage()],
    ['examples/__builtins__.pyi', stubs()],
  ]);
}

if (import.meta.main) {
  for (const [name, text] of generated()) writeFileSync(join(root, name), text);
  console.log([...generated().keys()].join(' '));
}
