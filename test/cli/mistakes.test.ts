import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadSpec } from '../../cli/spec/load-spec.ts';
import { root } from '../faultbox.ts';

const page = readFileSync(join(root, 'docs', 'mistakes.md'), 'utf8');
const mistakes = [...page.matchAll(/^## (.+)\n\n```python\n([^]*?)```\n\n```text\n([^]*?)\n```$/gm)].map(([, title, spec, message]) => ({
  title,
  spec,
  message,
}));

test('the page has every mistake in the form that is compared', () => {
  expect(mistakes.length).toBe([...page.matchAll(/^## /gm)].length);
  expect(mistakes.length).toBeGreaterThanOrEqual(20);
});

test.each(mistakes)('$title: the message is that of docs/mistakes.md', ({ spec, message }) => {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'faultbox-mistakes-')));
  const dir = join(outside, 'specs');
  try {
    mkdirSync(dir);
    writeFileSync(join(outside, 'secrets.star'), 'password = "x"\n');
    writeFileSync(join(dir, 'spec.star'), spec!);
    let said = 'nothing';
    try {
      loadSpec(join(dir, 'spec.star'), dir, () => {});
    } catch (error) {
      said = (error as Error).message.replaceAll(dir, '/home/me/specs');
    }
    expect(said).toBe(message);
  } finally {
    rmSync(outside, { recursive: true });
  }
});
