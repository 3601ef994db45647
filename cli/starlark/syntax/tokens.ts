import type { Span } from './span.ts';

/** Words with a meaning of their own in the grammar. */
// prettier-ignore
export const KEYWORDS: ReadonlySet<string> = new Set([
  'and', 'break', 'continue', 'def', 'elif', 'else', 'for', 'if', 'in', 'lambda', 'load', 'not', 'or', 'pass', 'return',
]);

/** Words of Python that Starlark reserves, with what to write instead. */
export const RESERVED: ReadonlyMap<string, string> = new Map([
  ['as', 'load() renames with load("file.star", new_name = "name")'],
  ['assert', 'call fail("…") under an if'],
  ['async', 'Starlark runs one thing after another'],
  ['await', 'Starlark runs one thing after another'],
  ['class', 'use struct(…) for data and def for behaviour'],
  ['del', 'use dict.pop(key) or list.pop(index)'],
  ['except', 'an error ends the program; check before you act'],
  ['finally', 'an error ends the program; check before you act'],
  ['from', 'use load("file.star", "name")'],
  ['global', 'return the value instead'],
  ['import', 'use load("file.star", "name")'],
  ['is', 'use == to compare'],
  ['nonlocal', 'keep the state in a list or dict'],
  ['raise', 'use fail("…")'],
  ['try', 'an error ends the program; check before you act'],
  ['while', 'use for _ in range(n) with break'],
  ['with', 'call the function and use its result'],
  ['yield', 'collect the values in a list and return it'],
]);

/** Operators and punctuation, longest first, as the scanner tries them. */
// prettier-ignore
export const PUNCTUATION: readonly string[] = [
  '<<=', '>>=', '//=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '==', '!=', '<=', '>=', '<<', '>>', '//', '**',
  '+', '-', '*', '/', '%', '&', '|', '^', '~', '<', '>', '=', '(', ')', '[', ']', '{', '}', ',', ':', ';', '.',
];

/**
 * A token. `kind` is the text itself for keywords, operators and punctuation; otherwise one of name, int, float, string, bytes,
 * newline, indent, dedent, reserved, bad, eof.
 */
export interface Token {
  readonly kind: string;
  readonly text: string;
  /** The decoded text of a string or bytes literal (bytes: one UTF-16 unit a byte); the source text otherwise. */
  readonly value: string;
  readonly span: Span;
}

// prettier-ignore
const NAMES: Record<string, string> = {
  newline: 'the end of the line', eof: 'the end of the file', indent: 'an indented line', dedent: 'the end of the block',
  int: 'a number', float: 'a number', string: 'a string', bytes: 'a bytes literal',
};

/** How a token is called in a message. */
export function describe(token: Token): string {
  if (token.kind === 'name') return `the name '${token.text}'`;
  if (token.kind === 'int' || token.kind === 'float') return `the number ${token.text}`;
  return NAMES[token.kind] ?? `'${token.text}'`;
}
