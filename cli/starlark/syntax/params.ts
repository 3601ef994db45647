import type { Param } from './ast.ts';
import type { Cursor } from './cursor.ts';
import { identOf, parseTest } from './expressions.ts';
import { spanning } from './span.ts';

/** The parameters of a def or lambda up to (not including) `end`. Errors: order, repeated names. */
export function parseParams(c: Cursor, end: ')' | ':'): Param[] {
  const params: Param[] = [];
  while (!c.is(end)) {
    const param = parseParam(c);
    checkOrder(c, params, param);
    params.push(param);
    if (c.is(':') && end === ')') c.fail('syntax error: Starlark has no type annotations', c.token.span, 'leave the type out');
    if (!c.accept(',') && !c.is(end)) c.unexpected(end === ')' ? "',' or ')' after the parameter" : "',' or ':' after the parameter");
  }
  if (params.at(-1)?.kind === 'star') c.report("syntax error: a bare '*' must be followed by a parameter", c.token.span, null);
  return params;
}

function parseParam(c: Cursor): Param {
  const start = c.token.span;
  if (c.accept('**')) return { kind: 'kwargs', name: identOf(c), span: spanning(start, c.previous) };
  if (c.accept('*')) {
    return c.is('name') ? { kind: 'args', name: identOf(c), span: spanning(start, c.previous) } : { kind: 'star', span: start };
  }
  const name = identOf(c);
  if (!c.accept('=')) return { kind: 'required', name, span: name.span };
  const value = parseTest(c);
  return { kind: 'optional', name, default: value, span: spanning(name.span, value.span) };
}

function checkOrder(c: Cursor, before: readonly Param[], param: Param): void {
  const starred = before.some((p) => p.kind === 'args' || p.kind === 'star');
  if (before.some((p) => p.kind === 'kwargs')) c.report('syntax error: a parameter may not follow **kwargs', param.span, null);
  else if ((param.kind === 'args' || param.kind === 'star') && starred) {
    c.report('syntax error: multiple * parameters not allowed', param.span, null);
  } else if (param.kind === 'required' && !starred && before.some((p) => p.kind === 'optional')) {
    c.report(
      `syntax error: required parameter '${param.name.name}' may not follow an optional one`,
      param.span,
      'give it a default, or put it first',
    );
  }
  if (param.kind === 'star') return;
  const name = param.name.name;
  if (before.some((p) => p.kind !== 'star' && p.name.name === name)) {
    c.report(`syntax error: duplicate parameter '${name}'`, param.name.span, null);
  }
}
