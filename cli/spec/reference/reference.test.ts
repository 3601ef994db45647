import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { generated } from './generate.ts';

const root = join(import.meta.dirname, '..', '..', '..');

test.each([...generated().keys()])("%s is what the builtins' table says", (file) => {
  expect(readFileSync(join(root, file), 'utf8')).toBe(generated().get(file));
});

interface Diagnostic {
  readonly file: string;
  readonly severity: string;
  readonly message: string;
  readonly range: { readonly start: { readonly line: number } };
}

/** What pyright says of a folder's specs. */
function pyright(dir: string): Diagnostic[] {
  const ran = spawnSync(process.execPath, [join(root, 'node_modules', 'pyright', 'index.js'), '--outputjson', ...specs(dir)], {
    cwd: dir,
    encoding: 'utf8',
  });
  return (JSON.parse(ran.stdout) as { generalDiagnostics: Diagnostic[] }).generalDiagnostics;
}

function specs(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.endsWith('.star'));
}

describe('an editor that checks specs with the stubs', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'faultbox-stubs-'));
    cpSync(join(root, 'examples', '__builtins__.pyi'), join(dir, '__builtins__.pyi'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  test('finds nothing wrong with the examples', { timeout: 60_000 }, () => {
    for (const name of specs(join(root, 'examples'))) cpSync(join(root, 'examples', name), join(dir, name));
    expect(pyright(dir)).toEqual([]);
    for (const name of specs(dir)) rmSync(join(dir, name));
  });

  test('flags each attribute that events and responses do not have, inside lambdas too, and wrong arguments', { timeout: 60_000 }, () => {
    const lines = [
      'db = service("db", "bin/db", interface("main", "http", 80))',
      'def test_planted():',
      '    r = db.get("/")',
      '    assert_eventually(where = lambda e: e.typ == "stdout")  # WRONG',
      '    assert_never(lambda e: e.data.get("op") == "SET" and e.sycall == "write")  # WRONG',
      '    assert_before(first = lambda e: e.lsm == "0/1", then = lambda e: e.table == "orders")  # WRONG',
      '    for e in events(type = "stdout"):',
      '        print(e.services)  # WRONG',
      '    assert_eq(r.stauts, 200)  # WRONG',
      '    assert_tru(r.ok)  # WRONG',
      '    fault(db, run = test_planted, wirte = deny("EIO"))  # WRONG',
      'monitor("m", on = lambda e: e.servce == "db", check = lambda e: True)  # WRONG',
      'fine = fault_assumption("fine", target = db, write = deny("EIO", label = "x"), fsync = delay("1s"))',
    ];
    writeFileSync(join(dir, 'planted.star'), lines.join('\n'));
    const found = pyright(dir)
      .filter((d) => d.severity === 'error')
      .map((d) => d.range.start.line);
    const planted = lines.flatMap((line, i) => (line.endsWith('# WRONG') ? [i] : []));
    expect([...new Set(found)]).toEqual(planted);
  });
});
