import { globRegExp, isGlob } from '../spec/glob.ts';
import type { TestPlan } from '../spec/plan.ts';
import { SpecError } from './spec-error.ts';
import { nearest } from './nearest.ts';

/** The tests that `--test` names: exact, without `test_`, or by glob. None at all is an error that offers the nearest names. */
export function selectTests(wanted: readonly string[]): (tests: readonly TestPlan[]) => readonly TestPlan[] {
  if (wanted.length === 0) return (tests) => tests;
  return (tests) => {
    for (const want of wanted)
      if (!tests.some((t) => matches(t.name, want)))
        throw unknown(
          want,
          tests.map((t) => t.name),
        );
    return tests.filter((t) => wanted.some((want) => matches(t.name, want)));
  };
}

function matches(name: string, want: string): boolean {
  return name === want || name === `test_${want}` || globs(name, want) || globs(name, `test_${want}`);
}

function globs(name: string, pattern: string): boolean {
  return isGlob(pattern) && globRegExp(pattern).test(name);
}

function unknown(want: string, names: readonly string[]): SpecError {
  const near = nearest(want, names);
  const hint =
    near.length > 0 ? `Did you mean ${near.map((n) => `"${n}"`).join(' or ')}?` : `The spec has: ${names.join(', ') || 'no tests'}.`;
  return new SpecError(null, `No test is named "${want}". ${hint}`);
}
