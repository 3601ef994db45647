import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Which rooms a room may import from, beside itself (docs/architecture.md). */
const allowed: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  'services/bus': ['services/clients', 'schemas'],
  'services/collector': ['services/bus', 'schemas'],
  'services/collector-stdout': ['services/collector', 'services/bus', 'schemas'],
  'services/collector-syscall': ['services/collector', 'services/bus', 'schemas'],
  'services/clients': [],
  'services/collector-wal': ['services/clients', 'services/collector', 'services/bus', 'schemas'],
  'services/collector-topic': ['services/clients', 'services/collector', 'services/bus', 'schemas'],
  'services/collector-poll': ['services/clients', 'services/collector', 'services/bus', 'schemas'],
  'services/store': ['schemas'],
  'services/correlator': ['services/bus', 'services/store', 'services/collector', 'schemas'],
  'cli/starlark': [],
  'cli/query': ['cli/starlark', 'schemas'],
  'cli/events': ['schemas'],
  'cli/spec': ['cli/starlark', 'cli/query', 'cli/events'],
  'cli/runner': [
    'cli/spec',
    'cli/query',
    'cli/starlark',
    'cli/events',
    'cli/export',
    'cli/report',
    'services/store',
    'services/bus',
    'services/collector',
    'services/clients',
    'schemas',
  ],
  'cli/export': ['cli/events', 'cli/runner', 'services/store', 'schemas'],
  'cli/report': ['cli/events', 'cli/runner', 'cli/spec'],
  'cli/commands': ['cli/runner'],
  'cli/bin': ['cli/commands', 'cli/report'],
};
const rooms = Object.keys(allowed).sort((a, b) => b.length - a.length);
const roomOf = (file: string): string | null => rooms.find((room) => file.startsWith(`${room}/`)) ?? null;

const sources = ['schemas', 'services', 'cli'].flatMap((dir) =>
  readdirSync(join(root, dir), { recursive: true, encoding: 'utf8' })
    .map((name) => join(dir, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/(^|\/)(bench|testing|fuzz)/.test(relative(dir, name))),
);

test('every import points to a room that its own may know', () => {
  const wrong = sources.flatMap((file) => {
    const room = roomOf(file);
    const imports = [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import) ?\(?'(\.[^']+)'/g)].map((m) =>
      relative(root, join(root, dirname(file), m[1]!)),
    );
    return imports
      .filter((target) => {
        const other = roomOf(target);
        return room === null || other === null || (other !== room && !allowed[room]!.includes(other));
      })
      .map((target) => `${file} imports ${target}`);
  });
  expect(wrong).toEqual([]);
  expect(sources.length).toBeGreaterThan(50);
});
