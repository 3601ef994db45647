import type { ArgumentRef } from './call-sites.ts';
import type { Span, SyntaxProblem } from '../syntax/span.ts';

/** A place in the call stack, outermost first: which function, and where in it the call or the error happened. */
export interface StackFrame {
  readonly name: string;
  readonly span: Span | null;
}

/** Raised by values, operators and builtins; the evaluator adds where it happened. */
export class EvalError extends Error {
  readonly hint: string | null;
  /** Where it is wrong, when that is narrower than what is being executed. */
  readonly span: Span | null;
  constructor(message: string, hint: string | null = null, span: Span | null = null) {
    super(message);
    this.hint = hint;
    this.span = span;
  }
}

/** An argument of the call in work is wrong. */
export class ArgumentError extends EvalError {
  readonly ref: ArgumentRef;
  constructor(message: string, ref: ArgumentRef, hint: string | null = null) {
    super(message, hint);
    this.ref = ref;
  }
}

/** An error of a Starlark program: syntax (all of a file's problems) or at run time (one problem and the call stack). */
export class StarlarkError extends Error {
  readonly span: Span | null;
  readonly hint: string | null;
  readonly stack_frames: readonly StackFrame[];
  /** The errors of a file that cannot run, in order; a single one at run time. */
  readonly problems: readonly SyntaxProblem[];

  constructor(
    message: string,
    span: Span | null,
    hint: string | null,
    frames: readonly StackFrame[],
    problems: readonly SyntaxProblem[],
    cause?: unknown,
  ) {
    super(message, { cause });
    this.span = span;
    this.hint = hint;
    this.stack_frames = frames;
    this.problems = problems;
  }

  /** The same error, of code that these calls led to: a loaded file, or a function that a builtin called. */
  calledFrom(calls: readonly StackFrame[]): StarlarkError {
    return new StarlarkError(this.message, this.span, this.hint, [...calls, ...this.stack_frames], this.problems, this.cause);
  }

  /** The error as people read it. `sourceOf` gives a file's text, or undefined when it is not at hand. */
  format(sourceOf: (file: string) => string | undefined): string {
    const parts =
      this.problems.length > 0
        ? this.problems.slice(0, PROBLEMS).map((p) => formatProblem(p.message, p.span, p.hint, sourceOf))
        : [formatProblem(this.message, this.span, this.hint, sourceOf)];
    if (this.problems.length > PROBLEMS) parts.push(`and ${this.problems.length - PROBLEMS} more errors`);
    const calls = this.stack_frames.filter((f) => f.span !== null).reverse();
    const callers = this.problems.length > 0 ? calls : calls.slice(1);
    if (callers.length > 0) parts.push('called from', ...shortened(callers.map((f) => `  ${place(f.span)} in ${f.name}`)));
    return parts.join('\n');
  }
}

/** Of more problems, the first are shown. */
const PROBLEMS = 20;

/** Of a longer message, the beginning is shown. */
const MESSAGE = 10_000;

/** Of a longer line, the part around the error is shown. */
const WIDTH = 120;

/** Of more calls, the innermost and the outermost are shown. */
const CALLS = 20;

function shortened(lines: readonly string[]): string[] {
  if (lines.length <= CALLS) return [...lines];
  return [...lines.slice(0, CALLS / 2), `  … ${lines.length - CALLS} more calls …`, ...lines.slice(-CALLS / 2)];
}

function place(span: Span | null): string {
  return span === null ? '<host>' : `${span.file}:${span.line}:${span.col}`;
}

function formatProblem(message: string, span: Span | null, hint: string | null, sourceOf: (file: string) => string | undefined): string {
  const text = message.length > MESSAGE ? `${message.slice(0, MESSAGE)}…` : message;
  const lines = [span === null ? text : `${place(span)}: ${text}`];
  const source = span === null ? undefined : sourceOf(span.file);
  if (span !== null && source !== undefined) lines.push(...excerpt(source, span));
  if (hint !== null) lines.push(`  ${hint}`);
  return lines.join('\n');
}

/** The line that the span begins on, and a caret under each of the span's characters on it. */
function excerpt(source: string, span: Span): string[] {
  const start = span.start - (span.col - 1);
  const newline = source.indexOf('\n', start);
  const line = source.slice(start, newline < 0 ? source.length : newline).replace(/\r$/, '');
  const from = span.col > WIDTH - 20 ? span.col - WIDTH / 2 : 0;
  const [head, tail] = [from > 0 ? '…' : '', line.length > from + WIDTH ? '…' : ''];
  const end = Math.min(span.endLine === span.line ? span.endCol : line.length + 1, from + WIDTH + 1);
  const carets = '^'.repeat(Math.max(1, end - span.col));
  const before = line.slice(from, span.col - 1).replace(/[^\t]/g, ' ');
  const gutter = `${span.line}`;
  const indent = ' '.repeat(gutter.length);
  return [`  ${gutter} | ${head}${line.slice(from, from + WIDTH)}${tail}`, `  ${indent} | ${' '.repeat(head.length)}${before}${carets}`];
}
