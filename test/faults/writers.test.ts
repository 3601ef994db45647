import { execFileSync } from 'node:child_process';
import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Playground } from '../faultbox.ts';

const writers = join(import.meta.dirname, 'writers');

/** How each language's writer becomes a program in a folder. */
const build: Readonly<Record<string, (dir: string) => void>> = {
  C: (dir) => void execFileSync('gcc', ['-O1', '-o', join(dir, 'writer'), join(writers, 'writer.c')]),
  Go: (dir) =>
    void execFileSync('go', ['build', '-o', join(dir, 'writer'), join(writers, 'writer.go')], {
      env: { ...process.env, GOFLAGS: '-mod=mod', GO111MODULE: 'off', CGO_ENABLED: '0' },
    }),
  Python: (dir) => {
    copyFileSync(join(writers, 'writer.py'), join(dir, 'writer.py'));
    writeFileSync(join(dir, 'writer'), '#!/bin/sh\nexec python3 "$(dirname "$0")/writer.py"\n', { mode: 0o755 });
  },
  Node: (dir) => {
    copyFileSync(join(writers, 'writer.mjs'), join(dir, 'writer.mjs'));
    writeFileSync(join(dir, 'writer'), `#!/bin/sh\nexec ${process.execPath} "$(dirname "$0")/writer.mjs"\n`, { mode: 0o755 });
  },
};

const spec = `
w = service("w", "writer", interface("main", "tcp", 7000))

def struck():
    return fault(w, write = deny("EIO", on = "file", probability = 0.5), run = lambda: w.send("run"))

def test_half_of_the_writes_fail():
    struck()
    assert_eq(w.send("run"), "0")
`;

describe.each(Object.keys(build))('a service in %s', (language) => {
  let at: Playground;
  beforeAll(() => {
    at = new Playground();
    build[language]!(at.dir);
  });
  afterAll(() => at.remove());

  test('counts as many errors as the fault has hits and the trace has fault events; its stdout is intact', async () => {
    const { ended, trace } = await at.trace(spec, '--test', 'half_of_the_writes_fail', '--seed', '7');
    expect(ended.stdout).toContain('✓ test_half_of_the_writes_fail');
    const [found] = trace.tests;
    const answers = found!.events.filter((e) => e.type === 'step_recv').map((e) => e.data['text']);
    const counted = Number(answers[0]);
    expect(answers[1]).toBe('0');
    expect(counted).toBeGreaterThan(50);
    expect(counted).toBeLessThan(150);
    expect(found!.faults.map((f) => f.hits)).toEqual([counted]);
    expect(found!.events.filter((e) => e.type === 'fault')).toHaveLength(counted);
    expect(found!.events.filter((e) => e.type === 'syscall' && e.decision === 'deny(EIO)' && e.errno === 'EIO')).toHaveLength(counted);
    expect(found!.events.filter((e) => e.type === 'stdout').map((e) => e.data)).toEqual([
      { msg: 'done', errors: counted },
      { msg: 'done', errors: 0 },
    ]);
  });

  test('the same seed strikes the same number of times', async () => {
    const hits = async () => (await at.trace(spec, '--test', 'half_of_the_writes_fail', '--seed', '42')).trace.tests[0]!.faults[0]!.hits;
    expect(await hits()).toBe(await hits());
  });
});
