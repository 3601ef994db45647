import type { ExplainedAssertion, ExplainedTest } from '../runner/explain/explained.ts';
import type { Style } from './style.ts';
import { indent } from './text.ts';

const marks: Readonly<Record<string, string>> = { passed: '✓', failed: '✗', inconclusive: '?', error: '!' };
const kinds = {
  exact: 'exact: the engine alone decides',
  prefilter: 'prefilter: the engine decides, but for rows that it leaves to the interpreter',
  none: 'no filter: the interpreter decides every event',
} as const;

/** The queries behind the verdicts of a run, for people. */
export function explanation(tests: readonly ExplainedTest[], style: Style): string {
  const parts = tests.map(({ test, verdict, assertions }) => {
    const own = assertions.length === 0 ? [indent('It made no assertion.', 4)] : assertions.map((a) => assertionText(a, style));
    return [`  ${marks[verdict] ?? ' '} ${style.strong(test)}`, ...own].join('\n\n');
  });
  return `\n${parts.join('\n\n')}\n\n`;
}

function assertionText(a: ExplainedAssertion, style: Style): string {
  const head = `    ${marks[a.verdict] ?? ' '} ${a.kind}  ${style.faint(a.place)}`;
  if (a.query === null) return `${head}\n      It asks nothing of the store.`;
  const { sql, params, kind, why, rows, undecided, duration_ms } = a.query;
  const lines = [
    kinds[kind] + (why === '' ? '' : `, because ${why}`),
    ...(sql === '' ? [] : [statement(sql), `parameters: ${JSON.stringify(params)}`]),
    `${count(a.cost?.scanned)} rows scanned, ${count(rows)} fetched, ${count(undecided)} of them left to the interpreter, ${duration_ms.toFixed(1)} ms when it was judged${a.cost ? `, ${a.cost.duration_ms.toFixed(1)} ms in the engine now` : ''}`,
    ...(a.sources.length > 0 ? [`rests on ${a.sources.join(', ')}`] : []),
  ];
  return `${head}\n${indent(lines.join('\n'), 6)}`;
}

/** SQL with its clauses on lines of their own. */
function statement(sql: string): string {
  return sql.replace(/^SELECT .+? FROM/, 'SELECT … FROM').replace(/ (WHERE|ORDER BY|LIMIT) /g, '\n$1 ');
}

function count(n: number | undefined): string {
  return n === undefined ? '?' : n.toLocaleString('en');
}
