import { expect, test } from 'vitest';
import type { AssertionResult, FaultResult, TestError } from '../result.ts';
import { judge } from './judge.ts';

const place = { file: 'a.star', line: 1, col: 1 };
const assertion = (verdict: AssertionResult['verdict'], witness = false): AssertionResult => ({
  name: 'assert_never',
  place,
  verdict,
  message: verdict,
  witness: witness ? [{ seq: 1, at: 0, service: 'db', type: 'stdout', text: '', note: '' }] : [],
  past: [],
  misses: [],
  sources: [],
  caveats: [],
  query: null,
});
const judged = (assertions: AssertionResult[], rest: { doubtful?: string[]; error?: TestError; faults?: FaultResult[] } = {}) =>
  judge({
    driven: { assertions, error: null, missingFilter: null, doubtful: rest.doubtful ?? [], caveats: [] },
    error: rest.error ?? null,
    faults: rest.faults ?? [],
    proofs: [],
  });

test('a failure with a witness stands whatever else is in doubt', () => {
  expect(judged([assertion('failed', true)], { doubtful: ['stdout/db'] }).verdict).toBe('failed');
});
test('a failure or a pass that rests on events listed while a source was incomplete is inconclusive', () => {
  expect(judged([assertion('failed')], { doubtful: ['stdout/db'] }).verdict).toBe('inconclusive');
  expect(judged([assertion('passed')], { doubtful: ['stdout/db'] }).verdict).toBe('inconclusive');
});
test('an error is never a pass, an inconclusive assertion neither', () => {
  expect(judged([assertion('passed')], { error: { kind: 'environment', code: 'E', text: 'x' } }).verdict).toBe('error');
  expect(judged([assertion('passed'), assertion('inconclusive')]).verdict).toBe('inconclusive');
  expect(judged([assertion('passed')]).verdict).toBe('passed');
});
test('a fault that never struck is said', () => {
  expect(judged([], { faults: [{ service: 'db', syscall: 'write', action: 'EIO', label: 'disk', hits: 0 }] }).vacuous).toEqual([
    'the fault "disk" (write EIO on db) never struck',
  ]);
});
