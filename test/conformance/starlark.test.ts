import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from '../../cli/starlark/index.ts';
import { assertionsIn, type Chunk, coversLine, messageMatches, readChunks, readFolder, runChunk } from './chunks.ts';

const shared = join(import.meta.dirname, '../../../shared/conformance');
const chunks = readChunks(join(shared, 'bazel-starlark/test_suite/testdata'));
const corpus = join(shared, 'parse-corpus');

/** Chunks whose error comes on an earlier line than the mark: `"%s%s" % [1, 2]` already lacks an argument, as in starlark-go. */
const OTHER_LINE = ['rust/string.star #1'];

/** Runs chunks; gives what ended otherwise than it should, and how many assertions ran. */
function failures(list: readonly Chunk[]): { wrong: string[]; assertions: number } {
  let assertions = 0;
  const wrong: string[] = [];
  for (const chunk of list) {
    const { error, assertions: made } = runChunk(chunk);
    assertions += made;
    const got = error === null ? 'no error' : error.message;
    const [first] = chunk.wanted;
    if (first === undefined ? error !== null : error === null || !messageMatches(error, chunk.wanted)) wrong.push(`${chunk.name}: ${got}`);
    else if (
      error !== null &&
      first !== undefined &&
      first.line !== null &&
      !coversLine(error, first.line) &&
      !OTHER_LINE.includes(chunk.name)
    ) {
      wrong.push(`${chunk.name}: wanted line ${first.line}, got ${error.span?.line}`);
    }
  }
  return { wrong, assertions };
}

test.skipIf(chunks === null)('bazel-starlark: every chunk ends as it should (skipped without ../shared/conformance)', () => {
  const { wrong, assertions } = failures(chunks ?? []);
  expect(wrong).toEqual([]);
  expect(chunks?.length).toBe(430);
  expect(assertions).toBeGreaterThanOrEqual(1312);
});

test('own chunks: what the corpora leave out; every assertion of a chunk that ends well has run', () => {
  const own = readFolder(join(import.meta.dirname, 'own'));
  const { wrong, assertions } = failures(own);
  const silent = own.filter((chunk) => chunk.wanted.length === 0 && runChunk(chunk).assertions < Math.max(1, assertionsIn(chunk)));
  expect([...wrong, ...silent.map((chunk) => `${chunk.name}: assertions did not run`)]).toEqual([]);
  expect(own.length).toBeGreaterThanOrEqual(200);
  expect(assertions).toBeGreaterThanOrEqual(420);
});

test.skipIf(!existsSync(corpus))('parse-corpus: every file parses (skipped without ../shared/conformance)', () => {
  const files = readdirSync(corpus).filter((f) => f.endsWith('.star'));
  const wrong = files.flatMap((f) => {
    const parsed = parse(f, readFileSync(join(corpus, f), 'utf8'));
    return parsed.ok ? [] : [`${f}:${parsed.errors[0]?.span.line}: ${parsed.errors[0]?.message}`];
  });
  expect(wrong).toEqual([]);
  expect(files.length).toBe(126);
});
