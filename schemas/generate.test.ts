import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generated } from './generate.ts';

test('what is generated is what the field lists say: run `npm run generate` after changing them', () => {
  for (const [name, text] of generated()) expect(readFileSync(join(import.meta.dirname, 'generated', name), 'utf8'), name).toBe(text);
});
