import type { Span, SyntaxProblem } from './span.ts';
import { decodeStringBody } from './string-literal.ts';
import { KEYWORDS, PUNCTUATION, RESERVED, type Token } from './tokens.ts';

/** A name of ASCII letters that nothing follows which could make it more than that: most tokens, found without the wider patterns. */
const ASCII_NAME = /[A-Za-z_]\w*(?![\w"'\u0080-\uffff])/y;
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /0[xX][0-9a-fA-F]*|0[oO][0-7]*|0[bB][01]*|(?:\d+\.\d*|\.\d+)(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\d+/y;
const STRING_START = /(?:[rR]?[bB]?|[bB][rR])("""|'''|"|')/y;
/** What can neither end a string or a line nor escape anything. */
const PLAIN = /[^\\"'\n]*/y;
const CANNOT_BE_IN_BRACKETS = /(?:def|return|pass|break|continue)\b|load\(/y;
const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/** The stretch from a bracket that is never closed to where scanning went on without it. */
export interface Unclosed {
  readonly from: number;
  readonly to: number;
}

/** The tokens of a file, ending with `eof`, and every lexical mistake in it. */
export interface Scanned {
  readonly tokens: Token[];
  readonly problems: SyntaxProblem[];
  readonly unclosed: readonly Unclosed[];
}

export function scan(file: string, source: string): Scanned {
  const scanner = new Scanner(file, source);
  scanner.run();
  return { tokens: scanner.tokens, problems: scanner.problems, unclosed: scanner.unclosed };
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly problems: SyntaxProblem[] = [];
  readonly unclosed: Unclosed[] = [];
  private readonly indents: number[] = [0];
  private readonly brackets: Token[] = [];
  private readonly file: string;
  private readonly source: string;
  private at = 0;
  private line = 1;
  private lineStart = 0;

  constructor(file: string, source: string) {
    this.file = file;
    this.source = source;
  }

  run(): void {
    if (this.source.startsWith('\ufeff')) this.at = this.lineStart = 1;
    this.startLine();
    while (this.at < this.source.length) this.next();
    this.reportUnclosed();
    this.endLine();
    while (this.indents.length > 1) {
      this.indents.pop();
      this.push('dedent', this.at, this.at);
    }
    this.push('eof', this.at, this.at);
  }

  private next(): void {
    const c = this.source[this.at] ?? '';
    if (c === '\n') return this.newline();
    if (c === ' ' || c === '\t' || c === '\r') this.at++;
    else if (c === '#') this.skipComment();
    else if (c === '\\' && /^\\\r?\n/.test(this.source.slice(this.at, this.at + 3))) this.continueLine();
    else this.token();
  }

  private newline(): void {
    if (this.brackets.length === 0) this.endLine();
    this.at++;
    this.countLine();
    this.startLine();
  }

  private countLine(): void {
    this.line++;
    this.lineStart = this.at;
  }

  private continueLine(): void {
    this.at = this.source.indexOf('\n', this.at) + 1;
    this.countLine();
  }

  private skipComment(): void {
    const end = this.source.indexOf('\n', this.at);
    this.at = end < 0 ? this.source.length : end;
  }

  private endLine(): void {
    const last = this.tokens.at(-1);
    if (last !== undefined && last.kind !== 'newline' && last.kind !== 'indent' && last.kind !== 'dedent') {
      this.push('newline', this.at, this.at);
    }
  }

  /** Reads the indentation of a line; blank and comment lines have none. */
  private startLine(): void {
    let width = 0;
    let i = this.at;
    for (; this.source[i] === ' ' || this.source[i] === '\t' || this.source[i] === '\r'; i++) {
      if (this.source[i] !== '\r') width = this.source[i] === '\t' ? width - (width % 8) + 8 : width + 1;
    }
    const c = this.source[i];
    if (c === undefined || c === '\n' || c === '#') return;
    if (this.brackets.length > 0 && !this.closeForgottenBrackets(i)) return;
    this.at = i;
    const current = this.indents.at(-1) ?? 0;
    if (width > current) {
      this.indents.push(width);
      this.push('indent', i, i);
      return;
    }
    while (width < (this.indents.at(-1) ?? 0)) {
      this.indents.pop();
      this.push('dedent', i, i);
    }
    if (width !== this.indents.at(-1)) {
      this.problem(
        'unindent does not match any outer indentation level',
        this.span(this.lineStart, i),
        'line it up with the block that it belongs to',
      );
      this.indents[this.indents.length - 1] = width;
    }
  }

  /** A statement at the beginning of a line inside brackets means that a bracket above was left open. */
  private closeForgottenBrackets(at: number): boolean {
    CANNOT_BE_IN_BRACKETS.lastIndex = at;
    if (!CANNOT_BE_IN_BRACKETS.test(this.source)) return false;
    this.at = at;
    this.reportUnclosed();
    this.push('newline', at, at);
    return true;
  }

  private reportUnclosed(): void {
    const open = this.brackets.at(-1);
    if (open === undefined) return;
    this.problem(`'${open.text}' was never closed`, open.span, `add '${CLOSING[open.text]}'`);
    this.unclosed.push({ from: open.span.start, to: this.at });
    this.brackets.length = 0;
  }

  private token(): void {
    const start = this.at;
    const ascii = this.match(ASCII_NAME);
    if (ascii !== null) return this.name(start, ascii);
    if (this.match(STRING_START) !== null) return this.string(start);
    const number = this.match(NUMBER);
    if (number !== null) return this.number(start, number);
    const name = this.match(NAME);
    if (name !== null) return this.name(start, name);
    const text = PUNCTUATION.find((p) => this.source.startsWith(p, start));
    if (text === undefined) return this.strayCharacter(start);
    this.at += text.length;
    this.push(text, start, this.at);
    this.trackBracket(text);
  }

  private name(start: number, text: string): void {
    this.at += text.length;
    this.push(KEYWORDS.has(text) ? text : RESERVED.has(text) ? 'reserved' : 'name', start, this.at);
  }

  private strayCharacter(start: number): void {
    const c = String.fromCodePoint(this.source.codePointAt(start) ?? 0);
    this.at += c.length;
    const hint =
      c === '!' ? "write 'not' or '!='" : /[“”‘’]/.test(c) ? 'use straight quotes' : c === '@' ? 'Starlark has no decorators' : null;
    this.problem(`unexpected character ${JSON.stringify(c)}`, this.span(start, this.at), hint);
    this.push('bad', start, this.at);
  }

  private trackBracket(text: string): void {
    const token = this.tokens.at(-1);
    if (token === undefined) return;
    if (text in CLOSING) this.brackets.push(token);
    if (text !== ')' && text !== ']' && text !== '}') return;
    const open = this.brackets.pop();
    if (open === undefined) this.problem(`'${text}' closes nothing`, token.span, null);
    else if (CLOSING[open.text] !== text) {
      this.problem(`'${text}' closes '${open.text}' of line ${open.span.line}; expected '${CLOSING[open.text]}'`, token.span, null);
    }
  }

  private number(start: number, text: string): void {
    this.at += text.length;
    const isFloat = /^[\d.]/.test(text) && /[.eE]/.test(text) && !/^0[xX]/.test(text);
    if (isFloat && !Number.isFinite(Number(text))) {
      this.problem(`the number ${text} is too large for a float`, this.span(start, this.at), null);
    }
    if (/^0[xXoObB]$/.test(text)) this.problem(`the number ${text} has no digits`, this.span(start, this.at), null);
    if (/^0\d/.test(text) && !isFloat && !/^0+$/.test(text)) {
      this.problem(
        `invalid number ${text}: a decimal number does not begin with 0`,
        this.span(start, this.at),
        `an octal number is written 0o${text.replace(/^0+/, '')}`,
      );
    }
    this.push(isFloat ? 'float' : 'int', start, this.at);
  }

  private string(start: number): void {
    const prefix = /^[a-zA-Z]*/.exec(this.source.slice(start, start + 2))?.[0].toLowerCase() ?? '';
    const bodyStart = start + prefix.length;
    const mark = this.source.startsWith('"""', bodyStart)
      ? '"""'
      : this.source.startsWith("'''", bodyStart)
        ? "'''"
        : (this.source[bodyStart] ?? '"');
    const openLine = { line: this.line, lineStart: this.lineStart };
    this.at = bodyStart + mark.length;
    const end = this.findStringEnd(mark);
    if (end < 0) {
      this.problem('unterminated string', this.spanFrom(openLine, start, bodyStart + mark.length), `add ${mark}`);
      this.pushString(prefix, '', start, openLine);
      return;
    }
    const body = this.source.slice(bodyStart + mark.length, end).replaceAll('\r\n', '\n');
    this.at = end + mark.length;
    const bytes = prefix.includes('b');
    if (prefix.includes('r')) return this.pushString(prefix, bytes ? Buffer.from(body, 'utf8').toString('latin1') : body, start, openLine);
    const decoded = decodeStringBody(body, bytes);
    if (!decoded.ok) {
      const from = bodyStart + mark.length + decoded.offset;
      const here =
        this.line === openLine.line
          ? this.span(from, from + decoded.length)
          : this.spanFrom(openLine, start, start + prefix.length + mark.length);
      this.problem(decoded.message, here, null);
    }
    this.pushString(prefix, decoded.ok ? decoded.value : '', start, openLine);
  }

  /** The offset of the closing quotes, counting lines on the way; −1 when the string never ends (then `at` is where scanning resumes). */
  private findStringEnd(mark: string): number {
    for (let i = this.plainEnd(this.at); i < this.source.length; i = this.plainEnd(i + 1)) {
      const c = this.source[i];
      if (c === '\\') {
        i++;
        if (this.source[i] === '\r' && this.source[i + 1] === '\n') i++;
        if (this.source[i] !== '\n') continue;
      } else if (this.source.startsWith(mark, i)) return i;
      if (this.source[i] === '\n') {
        if (mark.length === 1 && c !== '\\') {
          this.at = i;
          return -1;
        }
        this.at = i + 1;
        this.countLine();
      }
    }
    this.at = this.source.length;
    return -1;
  }

  /** Where the plain characters of a string end. */
  private plainEnd(from: number): number {
    PLAIN.lastIndex = from;
    PLAIN.test(this.source);
    return Math.max(from, PLAIN.lastIndex);
  }

  private pushString(prefix: string, value: string, start: number, from: { line: number; lineStart: number }): void {
    const kind = prefix.includes('b') ? 'bytes' : 'string';
    this.tokens.push({ kind, text: this.source.slice(start, this.at), value, span: this.spanFrom(from, start, this.at) });
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.source)?.[0] ?? null;
  }

  private push(kind: string, start: number, end: number): void {
    const text = this.source.slice(start, end);
    this.tokens.push({ kind, text, value: text, span: this.span(start, end) });
  }

  private span(start: number, end: number): Span {
    return this.spanFrom({ line: this.line, lineStart: this.lineStart }, start, end);
  }

  private spanFrom(from: { line: number; lineStart: number }, start: number, end: number): Span {
    const endsHere = this.line !== from.line && end > this.lineStart;
    return {
      file: this.file,
      line: from.line,
      col: start - from.lineStart + 1,
      endLine: endsHere ? this.line : from.line,
      endCol: end - (endsHere ? this.lineStart : from.lineStart) + 1,
      start,
      end,
    };
  }

  private problem(message: string, span: Span, hint: string | null): void {
    this.problems.push({ message, span, hint });
  }
}
