import type { RunResult, Verdict } from '../runner/result.ts';
import { counted, duration } from './text.ts';

const order: readonly Verdict[] = ['passed', 'failed', 'inconclusive', 'error'];

/** The last lines of a report. */
export function summary(run: RunResult, strict: boolean): string {
  const count = (verdict: Verdict) => run.tests.filter((t) => t.verdict === verdict).length;
  const parts = order.filter((v) => count(v) > 0).map((v) => `${count(v)} ${v === 'error' ? (count(v) === 1 ? 'error' : 'errors') : v}`);
  const held = strict ? run.tests.filter((t) => t.verdict === 'passed' && t.vacuous.length + t.weak.length > 0).length : 0;
  const note = held > 0 ? `\n  --strict: ${held} of the passed ${held === 1 ? 'is' : 'are'} vacuous or less than proven` : '';
  return `  ${counted(run.tests.length, 'test')}: ${parts.join(', ') || 'none'} · ${duration(run.duration_ms)} · run ${run.run}${note}`;
}

/** The exit code of the tests of one or more runs: 1 failed, else 2 a spec raised, else 3 environment, else 4 inconclusive, else 0. */
export function exitCode(runs: readonly RunResult[], strict: boolean): 0 | 1 | 2 | 3 | 4 {
  const tests = runs.flatMap((r) => r.tests);
  if (tests.some((t) => t.verdict === 'failed' || (strict && t.verdict === 'passed' && t.vacuous.length > 0))) return 1;
  if (tests.some((t) => t.error?.kind === 'spec')) return 2;
  if (tests.some((t) => t.verdict === 'error')) return 3;
  return tests.some((t) => t.verdict === 'inconclusive' || (strict && t.verdict === 'passed' && t.weak.length > 0)) ? 4 : 0;
}
