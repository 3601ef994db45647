import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** What a tool of the checkout says of it; empty when it has nothing to say. */
function complaints(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? '' : stdout + stderr;
}

test('the types of every file agree', () => {
  expect(complaints('typescript/bin/tsc', ['--noEmit'])).toBe('');
});

test('every file is laid out by the formatter (npm run format)', () => {
  expect(complaints('prettier/bin/prettier.cjs', ['--log-level', 'warn', '--check', '**/*.ts'])).toBe('');
});
