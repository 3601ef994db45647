import type { Scanned, Unclosed } from './scanner.ts';
import type { Span, SyntaxProblem } from './span.ts';
import { describe, RESERVED, type Token } from './tokens.ts';

/** How deep expressions and blocks may nest; deeper input is refused with a message instead of exhausting the stack. */
export const MAX_NESTING = 400;

/** How many mistakes of a file are looked at one by one. */
const MAX_PROBLEMS = 1000;

/** Thrown inside the parser to give up one statement; the problem is already recorded. */
export class Abandoned extends Error {}

/** A position in a list of tokens, with the problems found so far. */
export class Cursor {
  readonly problems: SyntaxProblem[];
  readonly abandoned = new Set<string>();
  private readonly tokens: readonly Token[];
  private readonly unclosed: readonly Unclosed[];
  private at = 0;
  private depth = 0;

  constructor({ tokens, problems, unclosed }: Scanned) {
    this.tokens = tokens;
    this.problems = problems;
    this.unclosed = unclosed;
  }

  get token(): Token {
    return this.peek(0);
  }

  /** The span of the token before the current one. */
  get previous(): Span {
    return this.peek(-1).span;
  }

  peek(offset: number): Token {
    const token = this.tokens[Math.max(0, Math.min(this.at + offset, this.tokens.length - 1))];
    if (token === undefined) throw new Error('a token list ends with eof');
    return token;
  }

  is(kind: string): boolean {
    return this.token.kind === kind;
  }

  advance(): Token {
    const token = this.token;
    if (this.at < this.tokens.length - 1) this.at++;
    return token;
  }

  /** Takes the token if it is of this kind. */
  accept(kind: string): boolean {
    if (!this.is(kind)) return false;
    this.advance();
    return true;
  }

  expect(kind: string, what: string): Token {
    return this.is(kind) ? this.advance() : this.unexpected(what);
  }

  /** Reports the current token and gives the statement up. */
  unexpected(wanted: string): never {
    const token = this.token;
    const advice = token.kind === 'reserved' ? RESERVED.get(token.text) : undefined;
    if (advice !== undefined) this.fail(`syntax error: '${token.text}' is not part of Starlark`, token.span, advice);
    this.fail(`syntax error: got ${describe(token)}, want ${wanted}`, token.span, null);
  }

  /** Records a problem unless the scanner already reported this place, and gives the statement up. */
  fail(message: string, span: Span, hint: string | null): never {
    this.report(message, span, hint);
    throw new Abandoned(message);
  }

  report(message: string, span: Span, hint: string | null): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    const known =
      this.is('bad') ||
      this.unclosed.some((u) => u.from <= span.start && span.start <= u.to) ||
      this.problems.some((p) => p.span.start <= span.start && span.start < p.span.end + 1 && p.span.line === span.line);
    if (!known) this.problems.push({ message, span, hint });
  }

  /** Notes the names among the tokens from a place (a `position`) to here as those of a statement that could not be read. */
  abandonSince(position: number): void {
    for (const token of this.tokens.slice(position, this.at)) if (token.kind === 'name') this.abandoned.add(token.text);
  }

  get position(): number {
    return this.at;
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.depth >= MAX_NESTING) {
      this.fail(`syntax error: nested more than ${MAX_NESTING} levels deep`, this.token.span, 'give parts of it names of their own');
    }
    this.depth++;
    try {
      return parse();
    } finally {
      this.depth--;
    }
  }
}
