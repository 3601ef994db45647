import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtin, equals, EvalError, execFile, type Span, StarlarkError, Thread, truth, type Value } from '../../cli/starlark/index.ts';

/** Folders of the corpus, one for each implementation that wrote tests. */
const AUTHORS = ['go', 'java', 'rust'] as const;

/** What a chunk wants to see: a text or pattern in a message, on a line when it stands beside code. */
export interface Wanted {
  readonly pattern: string;
  readonly line: number | null;
}

/** A program of the corpus. Lines count from 1 within it. */
export interface Chunk {
  readonly name: string;
  readonly source: string;
  readonly wanted: readonly Wanted[];
}

/** What running a chunk gave. */
export interface Outcome {
  readonly assertions: number;
  readonly error: StarlarkError | null;
}

/**
 * The chunks below a folder of `go`, `java` and `rust` tests; null when it is not there. Errors of the other implementations do not count.
 */
export function readChunks(folder: string): Chunk[] | null {
  if (!existsSync(folder)) return null;
  return AUTHORS.flatMap((author) => readFolder(join(folder, author)).map((chunk) => ({ ...chunk, name: `${author}/${chunk.name}` })));
}

/** The chunks of all `.star` files in a folder. */
export function readFolder(folder: string): Chunk[] {
  return readdirSync(folder)
    .filter((f) => f.endsWith('.star'))
    .sort()
    .flatMap((file) => chunksOf(file, readFileSync(join(folder, file), 'utf8')));
}

/** How many assertions a chunk has by its text; those in loops and functions run more often. */
export function assertionsIn(chunk: Chunk): number {
  return [...chunk.source.matchAll(/^\s*assert_(?:eq|ne)?\(/gm)].length;
}

/** The chunks of one file, which lines of `---` separate. */
export function chunksOf(name: string, text: string): Chunk[] {
  return text.split(/^---$/m).map((source, i) => ({ name: `${name} #${i + 1}`, source, wanted: wantedOf(source) }));
}

function wantedOf(source: string): Wanted[] {
  return [...source.matchAll(/###\s*(?:(go|java|rust):)?\s*(.*)$/gm)]
    .filter((m) => m[1] === undefined || m[1] === 'go')
    .map((m) => {
      const before = source.slice(0, m.index).split('\n');
      return { pattern: (m[2] ?? '').trim().toLowerCase(), line: before.at(-1)?.trim() === '' ? null : before.length };
    });
}

/** What `load("library.star", …)` brings. */
const LIBRARY = `
numbers = [1, 2]
table = {"a": 1}
members = set([3])
nested = [{"k": []}]
pair = (1, [])
_hidden = 1
def copy_of(l):
    return list(l)
def add_to(l, x):
    l.append(x)
    return l
def _counter():
    state = [0]
    def count():
        state[0] += 1
    return count
counter = _counter()
def defaulted(l = []):
    l.append(1)
`;

function loadLibrary(): Map<string, Value> {
  const program = { name: 'library.star', source: LIBRARY, predeclared: new Map<string, Value>(), load: () => new Map<string, Value>() };
  return execFile(new Thread(), program);
}

/** Runs a chunk with assert_eq, assert_ne and assert_; a failed assertion is an error. */
export function runChunk(chunk: Chunk): Outcome {
  let assertions = 0;
  const assertion = (signature: string, holds: (args: readonly Value[]) => boolean): [string, Value] => {
    const b = builtin(signature, (_, args) => {
      assertions++;
      if (!holds(args as readonly Value[])) throw new EvalError('assertion failed');
      return null;
    });
    return [b.name, b];
  };
  const predeclared = new Map([
    assertion('assert_eq(a, b)', ([a, b]) => equals(a as Value, b as Value)),
    assertion('assert_ne(a, b)', ([a, b]) => !equals(a as Value, b as Value)),
    assertion('assert_(a)', ([a]) => truth(a as Value)),
  ]);
  try {
    execFile(new Thread({ stepLimit: 1_000_000, print: () => undefined }), {
      name: chunk.name,
      source: chunk.source,
      predeclared,
      load: loadLibrary,
    });
    return { assertions, error: null };
  } catch (error) {
    if (error instanceof StarlarkError) return { assertions, error };
    throw error;
  }
}

/** Whether the error is the one that was wanted, wherever it happened. */
export function messageMatches(error: StarlarkError, wanted: readonly Wanted[]): boolean {
  const message = [error.message, ...error.problems.map((p) => p.message)].join('\n').toLowerCase();
  return wanted.some(({ pattern }) => message.includes(pattern) || (isPattern(pattern) && new RegExp(pattern).test(message)));
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Whether the error, or a call that led to it, covers the line. */
export function coversLine(error: StarlarkError, line: number): boolean {
  const spans = [error.span, ...error.problems.map((p) => p.span), ...error.stack_frames.map((f) => f.span)];
  return spans.some((s: Span | null) => s !== null && s.line <= line && line <= s.endLine);
}
