import type { Argument, BinaryOp, Clause, Comprehension, Expr, Ident } from './ast.ts';
import { type Cursor, MAX_NESTING } from './cursor.ts';
import { parseParams } from './params.ts';
import { type Span, spanning } from './span.ts';
import { checkTarget } from './target.ts';

const PRECEDENCE: Record<string, number> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  in: 4,
  not: 4,
  '|': 5,
  '^': 6,
  '&': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '//': 10,
  '%': 10,
};
const COMPARISON = 4;
const NOT = 3;

/** An expression with commas: `a, b` is a tuple. */
export function parseExpression(c: Cursor): Expr {
  const first = parseTest(c);
  return c.is(',') ? parseTupleRest(c, first) : first;
}

function parseTupleRest(c: Cursor, first: Expr): Expr {
  const items = [first];
  while (c.accept(',')) {
    if (!startsExpression(c.token.kind)) break;
    items.push(parseTest(c));
  }
  return { kind: 'tuple', items, span: spanning(first.span, c.previous) };
}

/** An expression without commas at its top: conditional, lambda, or operators. */
export function parseTest(c: Cursor): Expr {
  return c.nested(() => {
    if (c.is('lambda')) return parseLambda(c);
    const then = parseOperators(c, 1);
    if (!c.accept('if')) return then;
    const test = parseOperators(c, 1);
    if (!c.is('else')) c.unexpected("'else': a conditional expression has both sides");
    c.advance();
    const otherwise = parseTest(c);
    return { kind: 'conditional', test, then, otherwise, span: spanning(then.span, otherwise.span) };
  });
}

/** A test that may not be a conditional: the condition of a comprehension's `if`. */
function parseTestNoCond(c: Cursor): Expr {
  return c.is('lambda') ? parseLambda(c) : parseOperators(c, 1);
}

function parseLambda(c: Cursor): Expr {
  const start = c.advance().span;
  const params = parseParams(c, ':');
  c.expect(':', "':' before the lambda's body");
  const body = parseTest(c);
  return { kind: 'lambda', params, body, span: spanning(start, body.span), scope: null };
}

/** Binary operators at or above `min` by precedence climbing; operands of one level are gathered in a loop. */
function parseOperators(c: Cursor, min: number): Expr {
  let left = c.is('not') && min <= NOT ? parseNot(c) : parseUnary(c);
  for (let length = 0; ; length++) {
    const precedence = operatorPrecedence(c);
    if (precedence < min) return left;
    if (length > MAX_NESTING) {
      c.fail(`syntax error: an expression of more than ${MAX_NESTING} operators`, c.token.span, 'give parts of it names of their own');
    }
    const op = takeOperator(c);
    const right = parseOperators(c, precedence + 1);
    const span = spanning(left.span, right.span);
    left = op === 'and' || op === 'or' ? { kind: 'logical', op, left, right, span } : { kind: 'binary', op, left, right, span };
    if (precedence === COMPARISON && operatorPrecedence(c) === COMPARISON) {
      c.fail(
        `syntax error: '${c.token.text}' cannot follow another comparison`,
        c.token.span,
        'comparisons do not chain in Starlark: write a < b and b < c',
      );
    }
  }
}

function parseNot(c: Cursor): Expr {
  const start = c.advance().span;
  const operand = c.nested(() => parseOperators(c, NOT));
  return { kind: 'unary', op: 'not', operand, span: spanning(start, operand.span) };
}

function operatorPrecedence(c: Cursor): number {
  const kind = c.token.kind;
  if (kind === 'not') return c.peek(1).kind === 'in' ? COMPARISON : 0;
  return Object.hasOwn(PRECEDENCE, kind) ? (PRECEDENCE[kind] ?? 0) : 0;
}

function takeOperator(c: Cursor): BinaryOp | 'and' | 'or' {
  const text = c.advance().kind;
  if (text !== 'not') return text as BinaryOp | 'and' | 'or';
  c.advance();
  return 'not in';
}

function parseUnary(c: Cursor): Expr {
  const { kind, span } = c.token;
  if (kind !== '-' && kind !== '+' && kind !== '~') return parsePrimary(c);
  c.advance();
  const operand = c.nested(() => parseUnary(c));
  return { kind: 'unary', op: kind, operand, span: spanning(span, operand.span) };
}

function parsePrimary(c: Cursor): Expr {
  let expr = parseOperand(c);
  for (let length = 0; ; length++) {
    if (length > MAX_NESTING) {
      c.fail(`syntax error: a chain of more than ${MAX_NESTING} calls`, c.token.span, 'give parts of it names of their own');
    }
    if (c.is('.')) {
      c.advance();
      const name = c.expect('name', "an attribute's name after '.'");
      expr = { kind: 'dot', object: expr, name: name.text, nameSpan: name.span, span: spanning(expr.span, name.span) };
    } else if (c.is('(')) {
      const args = parseArguments(c);
      expr = { kind: 'call', callee: expr, args, span: spanning(expr.span, c.previous) };
    } else if (c.is('[')) {
      expr = parseSubscript(c, expr);
    } else return expr;
  }
}

function parseSubscript(c: Cursor, object: Expr): Expr {
  c.advance();
  const from = c.is(':') ? null : parseExpression(c);
  if (from !== null && c.accept(']')) return { kind: 'index', object, index: from, span: spanning(object.span, c.previous) };
  c.expect(':', "']' after the index");
  const to = c.is(':') || c.is(']') ? null : parseTest(c);
  const step = c.accept(':') && !c.is(']') ? parseTest(c) : null;
  c.expect(']', "']' after the slice");
  return { kind: 'slice', object, from, to, step, span: spanning(object.span, c.previous) };
}

/** The arguments of a call, with their parentheses. Errors: order, repeated names. */
export function parseArguments(c: Cursor): Argument[] {
  c.expect('(', "'('");
  const args: Argument[] = [];
  while (!c.is(')')) {
    args.push(parseArgument(c, args));
    if (!c.accept(',') && !c.is(')')) c.unexpected("',' or ')' after the argument");
  }
  c.advance();
  return args;
}

function parseArgument(c: Cursor, before: readonly Argument[]): Argument {
  const start = c.token.span;
  if (c.accept('**')) {
    const value = parseTest(c);
    const span = spanning(start, value.span);
    if (before.some((a) => a.kind === 'kwargs')) c.report('syntax error: multiple **kwargs arguments', span, null);
    return { kind: 'kwargs', value, span };
  }
  if (before.some((a) => a.kind === 'kwargs')) c.report('syntax error: an argument may not follow **kwargs', start, 'put **kwargs last');
  if (c.accept('*')) {
    const value = parseTest(c);
    const span = spanning(start, value.span);
    if (before.some((a) => a.kind === 'args')) c.report('syntax error: multiple *args arguments', span, null);
    return { kind: 'args', value, span };
  }
  if (c.is('name') && c.peek(1).kind === '=') {
    const name = c.advance();
    c.advance();
    const value = parseTest(c);
    if (before.some((a) => a.kind === 'named' && a.name === name.text)) {
      c.report(`syntax error: keyword argument '${name.text}' is repeated (multiple values)`, name.span, null);
    }
    return { kind: 'named', name: name.text, nameSpan: name.span, value, span: spanning(name.span, value.span) };
  }
  const value = parseTest(c);
  if (c.is('=')) c.fail('syntax error: a keyword argument has the form name=value', value.span, null);
  if (before.some((a) => a.kind === 'named')) {
    c.report('syntax error: positional argument may not follow named', value.span, 'put it first, or give its name');
  } else if (before.some((a) => a.kind === 'args')) {
    c.report('syntax error: positional argument may not follow *args', value.span, 'put it before *args');
  }
  return { kind: 'positional', value, span: value.span };
}

const OPERAND_KINDS: ReadonlySet<string> = new Set([
  'name',
  'int',
  'float',
  'string',
  'bytes',
  '(',
  '[',
  '{',
  '-',
  '+',
  '~',
  'not',
  'lambda',
]);

/** Whether a token of this kind can begin an expression. */
export function startsExpression(kind: string): boolean {
  return OPERAND_KINDS.has(kind);
}

function parseOperand(c: Cursor): Expr {
  const token = c.token;
  switch (token.kind) {
    case 'name':
      return identOf(c);
    case 'int':
      c.advance();
      return { kind: 'int', value: intValue(token.text), span: token.span };
    case 'float':
      c.advance();
      return { kind: 'float', value: Number(token.text), span: token.span };
    case 'string':
      return parseString(c);
    case 'bytes':
      c.advance();
      return { kind: 'bytes', value: token.value, span: token.span };
    case '(':
      return parseParenthesized(c);
    case '[':
      return parseList(c);
    case '{':
      return parseDict(c);
    default:
      return c.unexpected('an expression');
  }
}

/** A name that is used or bound here. */
export function identOf(c: Cursor): Ident {
  const token = c.expect('name', 'a name');
  return { kind: 'ident', name: token.text, span: token.span, binding: null };
}

function parseString(c: Cursor): Expr {
  const token = c.advance();
  if (c.is('string')) c.fail('syntax error: two strings side by side', spanning(token.span, c.token.span), "join them with '+'");
  return { kind: 'string', value: token.value, span: token.span };
}

function intValue(text: string): number | bigint {
  if (/^0[xXoObB]$/.test(text)) return 0;
  const big = BigInt(/^0+\d/.test(text) ? text.replace(/^0+(?=\d)/, '') : text);
  return big <= 9007199254740991n ? Number(big) : big;
}

function parseParenthesized(c: Cursor): Expr {
  const start = c.advance().span;
  if (c.accept(')')) return { kind: 'tuple', items: [], span: spanning(start, c.previous) };
  const inner = parseExpression(c);
  if (c.is('for')) c.fail('syntax error: Starlark has no generator expressions', c.token.span, 'use a list: [x for x in …]');
  c.expect(')', "')'");
  return inner.kind === 'tuple' ? { ...inner, span: spanning(start, c.previous) } : inner;
}

function parseList(c: Cursor): Expr {
  const start = c.advance().span;
  const items: Expr[] = [];
  while (!c.is(']')) {
    items.push(parseTest(c));
    if (c.is('for') && items.length === 1) return parseComprehension(c, start, null, items[0] as Expr, ']');
    if (!c.accept(',') && !c.is(']')) c.unexpected("',' or ']'");
  }
  c.advance();
  return { kind: 'list', items, span: spanning(start, c.previous) };
}

function parseDict(c: Cursor): Expr {
  const start = c.advance().span;
  const entries: { key: Expr; value: Expr }[] = [];
  while (!c.is('}')) {
    const key = parseTest(c);
    if (!c.is(':')) c.unexpected("':' after the key; a set is written set([…])");
    c.advance();
    const value = parseTest(c);
    if (c.is('for') && entries.length === 0) return parseComprehension(c, start, key, value, '}');
    entries.push({ key, value });
    if (!c.accept(',') && !c.is('}')) c.unexpected("',' or '}'");
  }
  c.advance();
  return { kind: 'dict', entries, span: spanning(start, c.previous) };
}

function parseComprehension(c: Cursor, start: Span, key: Expr | null, body: Expr, close: string): Comprehension {
  const clauses: Clause[] = [];
  while (!c.is(close)) {
    const from = c.token.span;
    if (c.accept('for')) {
      const target = parseTargets(c);
      c.expect('in', "'in'");
      const iterable = parseOperators(c, 1);
      clauses.push({ kind: 'for', target, iterable, span: spanning(from, iterable.span) });
    } else if (c.accept('if')) {
      const test = parseTestNoCond(c);
      clauses.push({ kind: 'if', test, span: spanning(from, test.span) });
    } else c.unexpected(`'for', 'if' or '${close}'`);
  }
  c.advance();
  return { kind: 'comprehension', key, body, clauses, span: spanning(start, c.previous) };
}

/** The variables of a `for`: primaries with commas, so that `in` is not read as an operator. */
export function parseTargets(c: Cursor): Expr {
  const target = parseTargetList(c);
  checkTarget(c, target);
  return target;
}

function parseTargetList(c: Cursor): Expr {
  const first = parsePrimary(c);
  if (!c.is(',')) return first;
  const items = [first];
  while (c.accept(',')) {
    if (c.is('in')) break;
    items.push(parsePrimary(c));
  }
  return { kind: 'tuple', items, span: spanning(first.span, c.previous) };
}
