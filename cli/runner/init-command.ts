import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { stubs } from '../spec/reference/stubs.ts';

const settings = { 'files.associations': { '*.star': 'python' }, 'python.analysis.typeCheckingMode': 'basic' };

/** Writes the editor's stubs, which are this version's, and settings where there are none yet. Says what it did. */
export function initCommand(dir: string): void {
  const write = (name: string, text: string, keep: boolean) => {
    const file = join(dir, name);
    const kept = keep && existsSync(file);
    mkdirSync(dirname(file), { recursive: true });
    if (!kept) writeFileSync(file, text);
    process.stdout.write(`  ${kept ? 'kept   ' : 'wrote  '} ${relative('.', file)}\n`);
  };
  write('__builtins__.pyi', stubs(), false);
  write('.vscode/settings.json', `${JSON.stringify(settings, null, 2)}\n`, true);
  process.stdout.write('  Editors with Pyright or Pylance now know what specs can call; `npx pyright spec.star` checks one.\n');
}
