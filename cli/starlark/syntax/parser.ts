import type { BinaryOp, FileNode, LoadName, Stmt } from './ast.ts';
import { Abandoned, Cursor } from './cursor.ts';
import { identOf, parseExpression, parseTargets, parseTest } from './expressions.ts';
import { parseParams } from './params.ts';
import { scan } from './scanner.ts';
import { type SyntaxProblem, spanning } from './span.ts';
import { checkTarget } from './target.ts';

/** A parsed file, or all the errors in it, in the order of the text. */
export type Parsed = { readonly ok: true; readonly file: FileNode } | { readonly ok: false; readonly errors: SyntaxProblem[] };

/** What could be read of a file. */
export interface Syntax {
  readonly file: FileNode;
  readonly problems: SyntaxProblem[];
  /** The names in statements that could not be read: they may define them. */
  readonly abandoned: ReadonlySet<string>;
}

/** Parses a file. Names are not resolved yet. */
export function parseSyntax(file: string, source: string): Syntax {
  const c = new Cursor(scan(file, source));
  const body: Stmt[] = [];
  while (!c.is('eof')) parseStatement(c, body);
  return { file: { file, source, body, scope: null }, problems: c.problems, abandoned: c.abandoned };
}

/** One statement (or one line of small ones); on an error it is skipped together with its block, and parsing goes on after it. */
function parseStatement(c: Cursor, into: Stmt[]): void {
  const from = c.position;
  try {
    c.nested(() => {
      if (c.is('indent')) c.fail('syntax error: unexpected indentation', c.token.span, 'line it up with the statement above');
      if (c.accept('dedent')) return;
      if (c.is('def')) into.push(parseDef(c));
      else if (c.is('if')) into.push(parseIf(c));
      else if (c.is('for')) into.push(parseFor(c));
      else parseSimpleLine(c, into);
    });
  } catch (error) {
    if (!(error instanceof Abandoned)) throw error;
    recover(c);
    c.abandonSince(from);
  }
}

/** Skips to the end of the line and checks the block that hangs on it, if any, and those of its `elif` and `else`. */
function recover(c: Cursor): void {
  do {
    while (!c.is('newline') && !c.is('eof') && !c.is('indent') && !c.is('dedent')) c.advance();
    c.accept('newline');
    if (c.accept('indent')) {
      const discarded: Stmt[] = [];
      while (!c.is('dedent') && !c.is('eof')) parseStatement(c, discarded);
      c.accept('dedent');
    }
  } while (c.is('elif') || c.is('else'));
}

function parseBlock(c: Cursor): Stmt[] {
  if (!c.is(':')) c.unexpected("':'");
  c.advance();
  const body: Stmt[] = [];
  if (!c.accept('newline')) {
    parseSimpleLine(c, body);
    return body;
  }
  if (!c.accept('indent')) c.fail('syntax error: expected an indented block', c.token.span, "a block with nothing to do is written 'pass'");
  while (!c.is('dedent') && !c.is('eof')) parseStatement(c, body);
  c.accept('dedent');
  return body;
}

function parseDef(c: Cursor): Stmt {
  const start = c.advance().span;
  const name = identOf(c);
  c.expect('(', "'(' after the function's name");
  const params = parseParams(c, ')');
  c.expect(')', "')'");
  if (c.is('-') && c.peek(1).kind === '>') c.fail('syntax error: Starlark has no type annotations', c.token.span, 'leave the type out');
  const header = spanning(start, c.previous);
  const body = parseBlock(c);
  return { kind: 'def', name, params, body, span: spanning(header, body.at(-1)?.span ?? header), scope: null };
}

function parseIf(c: Cursor): Stmt {
  const start = c.advance().span;
  const test = parseTest(c);
  const then = parseBlock(c);
  let otherwise: Stmt[] = [];
  if (c.is('elif')) otherwise = [c.nested(() => parseIf(c))];
  else if (c.accept('else')) otherwise = parseBlock(c);
  return { kind: 'if', test, then, otherwise, span: spanning(start, otherwise.at(-1)?.span ?? then.at(-1)?.span ?? test.span) };
}

function parseFor(c: Cursor): Stmt {
  const start = c.advance().span;
  const target = parseTargets(c);
  c.expect('in', "'in'");
  const iterable = parseExpression(c);
  const body = parseBlock(c);
  return { kind: 'for', target, iterable, body, span: spanning(start, body.at(-1)?.span ?? iterable.span) };
}

function parseSimpleLine(c: Cursor, into: Stmt[]): void {
  for (;;) {
    into.push(parseSimple(c));
    if (!c.accept(';')) break;
    if (c.is('newline') || c.is('eof')) break;
  }
  if (!c.is('eof')) c.expect('newline', 'the end of the line (newline)');
}

function parseSimple(c: Cursor): Stmt {
  const { kind, span } = c.token;
  if (kind === 'break' || kind === 'continue' || kind === 'pass') {
    c.advance();
    return { kind, span };
  }
  if (kind === 'return') {
    c.advance();
    const value = c.is('newline') || c.is(';') || c.is('eof') ? null : parseExpression(c);
    return { kind: 'return', value, span: value === null ? span : spanning(span, value.span) };
  }
  if (kind === 'load') return parseLoad(c);
  const left = parseExpression(c);
  if (c.accept('=')) {
    checkTarget(c, left);
    const value = parseExpression(c);
    if (c.is('=')) c.fail('syntax error: assignments do not chain', c.token.span, 'write one assignment a line');
    return { kind: 'assign', target: left, value, span: spanning(left.span, value.span) };
  }
  const op = /^(.+)=$/.exec(c.token.kind)?.[1];
  if (op === undefined || !/^(?:[-+*/%&|^]|\/\/|<<|>>)$/.test(op)) return { kind: 'expr', value: left, span: left.span };
  c.advance();
  if (left.kind === 'tuple' || left.kind === 'list') {
    c.fail('syntax error: cannot use a tuple or list as the target of an augmented assignment', left.span, null);
  }
  checkTarget(c, left);
  const value = parseExpression(c);
  return { kind: 'augassign', op: op as BinaryOp, target: left, value, span: spanning(left.span, value.span) };
}

function parseLoad(c: Cursor): Stmt {
  const start = c.advance().span;
  c.expect('(', "'(' after load");
  const module = c.expect('string', "the module's path, a string");
  const names: LoadName[] = [];
  while (c.accept(',') && !c.is(')')) names.push(parseLoadName(c));
  c.expect(')', "',' or ')'");
  const span = spanning(start, c.previous);
  if (names.length === 0) c.report('syntax error: load names nothing to bring in', span, 'load("file.star", "name")');
  return { kind: 'load', module: module.value, moduleSpan: module.span, names, span };
}

function parseLoadName(c: Cursor): LoadName {
  if (c.is('name')) {
    const local = identOf(c);
    c.expect('=', "'='");
    const remote = c.expect('string', 'the name in the module, a string');
    return { local, remote: remote.value, span: remote.span };
  }
  const token = c.expect('string', 'a name as a string');
  return { local: { kind: 'ident', name: token.value, span: token.span, binding: null }, remote: token.value, span: token.span };
}
