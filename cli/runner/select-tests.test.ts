import { expect, test } from 'vitest';
import type { TestPlan } from '../spec/plan.ts';
import { selectTests } from './select-tests.ts';

const plans = ['post_data', 'inspect_logs', 'test_login', 'no_errors_in_logs'].map((name): TestPlan => ({
  name,
  kind: 'test',
  faults: [],
  monitors: [],
  place: { file: 'a.star', line: 1, col: 1 },
}));
const names = (...wanted: string[]) => selectTests(wanted)(plans).map((t) => t.name);

test('a name, a name without test_, a glob, several of them; always in the order of the spec', () => {
  expect(names()).toEqual(['post_data', 'inspect_logs', 'test_login', 'no_errors_in_logs']);
  expect(names('login', 'post_data')).toEqual(['post_data', 'test_login']);
  expect(names('*_logs')).toEqual(['inspect_logs', 'no_errors_in_logs']);
  expect(names('log*')).toEqual(['test_login']);
});

test('a name that fits nothing offers the nearest', () => {
  expect(() => names('inspect_log_structure')).toThrow('No test is named "inspect_log_structure". Did you mean "inspect_logs"');
  expect(() => names('zzz')).toThrow('The spec has: post_data, inspect_logs');
});
