import type { AssertionResult, NearMiss, ShownEvent, TestResult } from '../runner/result.ts';
import type { Place } from '../spec/plan.ts';
import type { Style } from './style.ts';
import { indent, offset, shorten } from './text.ts';

const columns = 100;

/** Gives a line of a source file, for showing. */
export type SourceLine = (file: string, line: number) => string;

/** Why a test is not passed, for a person who is to act on it. */
export function failureText(test: TestResult, source: SourceLine, style: Style): string {
  const decisive = test.assertions.find((a) => a.verdict === test.verdict) ?? null;
  const where = decisive ? `${decisive.place.file}:${decisive.place.line}:${decisive.place.col}` : '';
  const mark = { passed: '✓', failed: '✗', inconclusive: '?', error: '!' }[test.verdict];
  const head = `  ${mark} ${style.strong(test.name)}${where ? `  ${style.faint(where)}` : ''}`;
  const parts = [head];
  if (decisive) parts.push(...assertionParts(decisive, source, style));
  else if (test.error) parts.push(indent(test.error.text, 4));
  else parts.push(indent(test.reason, 4));
  return `${parts.join('\n\n')}\n`;
}

function assertionParts(a: AssertionResult, source: SourceLine, style: Style): string[] {
  const parts = [indent(excerpt(a.place, a.name, source), 6), indent(a.message, 4)];
  if (a.witness.length > 0) parts.push(a.witness.map((e) => eventLine(e, style)).join('\n'));
  if (a.past.length > 0) parts.push(indent('How it came about:', 4), a.past.map((e) => eventLine(e, style)).join('\n'));
  if (a.misses.length > 0)
    parts.push(
      indent(a.misses.length === 1 ? 'The nearest miss:' : 'The nearest misses:', 4),
      a.misses.map((m) => missText(m, style)).join('\n\n'),
    );
  return parts;
}

/** The line of the spec with a caret under what is spoken of. */
function excerpt(place: Place, name: string, source: SourceLine): string {
  const number = String(place.line);
  const bar = `${' '.repeat(number.length)} │`;
  return `${number} │ ${source(place.file, place.line)}\n${bar} ${' '.repeat(Math.max(0, place.col - 1))}${'^'.repeat(name.length)}`;
}

function eventLine(e: ShownEvent, style: Style): string {
  const lead = `      #${String(e.seq).padEnd(5)} ${offset(e.at).padStart(10)}  ${e.service.padEnd(8)}  `;
  const note = e.note === '' ? '' : `  ${style.faint(e.note)}`;
  return `${lead}${shorten(e.text, columns - lead.length)}${note}`;
}

function missText(miss: NearMiss, style: Style): string {
  const clauses = miss.clauses.map(
    (c) =>
      `          ${c.met ? style.good('✓') : style.bad('✗')} ${shorten(c.text, 60)}${c.met ? '' : `   ${style.faint(`was ${shorten(c.saw, 60)}`)}`}`,
  );
  return [eventLine(miss.event, style), ...clauses].join('\n');
}
