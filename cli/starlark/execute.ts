import { compileFile } from './compile/file.ts';
import { resolve } from './resolve/resolve.ts';
import { NO_KWARGS } from './run/builtin.ts';
import { invoke } from './run/call.ts';
import { argumentSpan } from './run/call-sites.ts';
import { ArgumentError, EvalError, StarlarkError } from './run/errors.ts';
import type { Frame } from './run/frame.ts';
import { payWith } from './run/limits.ts';
import { freeze } from './run/freeze.ts';
import { Module } from './run/function.ts';
import type { LoadModule } from './run/load.ts';
import type { Thread } from './run/thread.ts';
import { UNIVERSE } from './run/universe.ts';
import type { Value } from './run/values.ts';
import type { FileNode } from './syntax/ast.ts';
import { type Parsed, parseSyntax } from './syntax/parser.ts';
import type { Span, SyntaxProblem } from './syntax/span.ts';

/** A file to execute: its text, the names it can use, and how it loads others. */
export interface Program {
  readonly name: string;
  readonly source: string;
  readonly predeclared: ReadonlyMap<string, Value>;
  readonly load: LoadModule;
}

/** Parses a file. All its syntax errors are reported; names are checked by `check` and `execFile`, which know what is predeclared. */
export function parse(file: string, source: string): Parsed {
  const syntax = parseSyntax(file, source);
  return parsed(syntax.file, syntax.problems);
}

/** Parses a file and checks its names without running it. Names in statements that cannot be read count as defined. */
export function check(file: string, source: string, predeclared: Iterable<string>): Parsed {
  const syntax = parseSyntax(file, source);
  const environment = { predeclared: new Set([...predeclared, ...syntax.abandoned]), universal: new Set(UNIVERSE.keys()) };
  return parsed(syntax.file, [...syntax.problems, ...resolve(syntax.file, environment)]);
}

function parsed(file: FileNode, problems: SyntaxProblem[]): Parsed {
  return problems.length === 0 ? { ok: true, file } : { ok: false, errors: problems.sort((a, b) => a.span.start - b.span.start) };
}

/**
 * Runs a file and gives its global names (not those it loaded), frozen. Throws StarlarkError: all syntax and name errors of the file, or
 * the first error while running.
 */
export function execFile(thread: Thread, program: Program): Map<string, Value> {
  const checked = check(program.name, program.source, program.predeclared.keys());
  if (!checked.ok) throw syntaxError(checked.errors);
  const { file } = checked;
  const globals = file.scope?.globals ?? [];
  const module = new Module(
    program.name,
    program.source,
    globals.map((g) => g.name),
    program.predeclared,
    UNIVERSE,
    program.load,
  );
  const run = compileFile(file, module);
  atEntry(thread, () => {
    run(thread);
    return null;
  });
  const exported = new Map<string, Value>();
  for (const g of globals) {
    const value = module.globals[g.index];
    if (value === undefined) continue;
    freeze(value);
    if (!g.loaded) exported.set(g.name, value);
  }
  return exported;
}

function syntaxError(problems: readonly SyntaxProblem[]): StarlarkError {
  const [first] = problems;
  return new StarlarkError(first?.message ?? 'syntax error', first?.span ?? null, first?.hint ?? null, [], problems);
}

/** Calls a Starlark value from the host. Throws StarlarkError with the call stack. */
export function call(thread: Thread, fn: Value, args: Value[], kwargs: Map<string, Value> = NO_KWARGS): Value {
  return atEntry(thread, () => invoke(thread, fn, args, kwargs));
}

/** Runs `body`; an error becomes a StarlarkError with the calls that were open, and the thread is as it was before. */
function atEntry(thread: Thread, body: () => Value): Value {
  const { top } = thread;
  const payer = payWith(thread);
  try {
    return body();
  } catch (error) {
    const failure = toStarlarkError(thread, top, error);
    thread.top = top;
    throw failure;
  } finally {
    payWith(payer);
  }
}

function toStarlarkError(thread: Thread, outer: Frame | null, error: unknown): unknown {
  const calls = thread.callsInside(outer);
  if (error instanceof EvalError) return new StarlarkError(error.message, placeOf(error, thread), error.hint, calls, []);
  if (error instanceof StarlarkError) return error.calledFrom(calls);
  const problem = error instanceof RangeError ? exhausted(error) : null;
  return problem === null ? error : new StarlarkError(problem, thread.span, null, calls, []);
}

function placeOf(error: EvalError, thread: Thread): Span | null {
  const narrower = error instanceof ArgumentError ? argumentSpan(thread.span, error.ref) : error.span;
  return narrower ?? thread.span;
}

/** What a limit of the JavaScript engine means for the program. */
function exhausted({ message }: RangeError): string | null {
  if (/call stack/.test(message)) return 'the program, or a value, nests too deep';
  return /^(?:Invalid (?:string|array|typed array) length|Maximum BigInt size|Array buffer)/.test(message)
    ? 'the result is too large'
    : null;
}
