import type { TestResult, Verdict } from '../runner/result.ts';
import type { Style } from './style.ts';
import { counted, duration, shorten } from './text.ts';

const marks: Readonly<Record<Verdict, string>> = { passed: '✓', failed: '✗', inconclusive: '?', error: '!' };
const nameWidth = 36;

/** One test on one line: mark, name, time, and what is to be known beside it. */
export function testLine(test: TestResult, style: Style): string {
  const colour = { passed: style.good, failed: style.bad, inconclusive: style.unsure, error: style.bad }[test.verdict];
  const name = test.name.length > nameWidth ? shorten(test.name, nameWidth) : test.name.padEnd(nameWidth);
  return `    ${colour(marks[test.verdict])} ${name} ${duration(test.duration_ms).padStart(8)}   ${style.faint(remark(test))}`.trimEnd();
}

function remark(test: TestResult): string {
  const faults = test.faults.map((f) => `${f.syscall} ${f.action} on ${f.service}, ${counted(f.hits, 'hit')}`);
  const proved =
    test.verdict === 'passed' && faults.length === 0 && test.vacuous.length === 0 && test.weak.length === 0 ? [proof(test)] : [];
  return [...faults, ...test.vacuous.map((v) => `vacuous: ${v}`), ...test.weak, ...proved].filter((t) => t !== '').join('; ');
}

/** What a passed test rests on: assertions, events, complete sources. */
function proof(test: TestResult): string {
  const events = test.sources.reduce((sum, s) => sum + s.events, 0);
  const complete = test.sources.filter((s) => s.complete).length;
  const sources =
    complete === test.sources.length
      ? `${counted(complete, 'source')} complete`
      : `${complete} of ${counted(test.sources.length, 'source')} complete`;
  return `${counted(test.assertions.length, 'assertion')}, ${counted(events, 'event')}, ${sources}`;
}
