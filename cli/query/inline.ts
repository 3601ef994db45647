import { type Expr, type StarlarkFunction, type Stmt } from '../starlark/index.ts';
import type { Arguments } from './calls.ts';
import { captured } from './captured.ts';
import type { Context } from './context.ts';
import { evaluate } from './evaluate.ts';
import { type Symbolic, UNKNOWN_VALUE } from './symbolic.ts';

const MAX_DEPTH = 20;

/** The value of a call of the user's own function: a lambda, or a def of only `return` and `if … return`; others are not inlined. */
export function inlined(fn: StarlarkFunction, args: Arguments | null, c: Context): Symbolic {
  const body = bodyExpression(fn);
  if (body === null) return c.impure(`${fn.name}() does more than return an expression`);
  const variables = args === null ? null : parametersOf(fn, args, c);
  if (c.inlining.includes(fn)) return c.impure(`${fn.name}() calls itself`);
  if (c.inlining.length >= MAX_DEPTH) return c.impure('functions call each other too deeply');
  c.inlining.push(fn);
  const unknowns = new Map(parameterNames(fn).map((n) => [n, UNKNOWN_VALUE]));
  const value = evaluate(body, { fn, variables: variables ?? unknowns }, c);
  c.inlining.pop();
  if (variables !== null) return value;
  c.unknown(`the arguments of ${fn.name}() are left to the interpreter`);
  return UNKNOWN_VALUE;
}

/** The body as one expression, or null when it is more than that. */
export function bodyExpression(fn: StarlarkFunction): Expr | null {
  return fn.node.kind === 'lambda' ? fn.node.body : returned(fn.node.body, fn);
}

function returned(body: readonly Stmt[], fn: StarlarkFunction): Expr | null {
  const [first, ...rest] = body;
  if (first === undefined) return { kind: 'ident', name: 'None', span: fn.span, binding: { kind: 'universal' } };
  if (first.kind === 'pass' || (first.kind === 'expr' && first.value.kind === 'string')) return returned(rest, fn);
  if (first.kind === 'return') return first.value ?? returned([], fn);
  if (first.kind !== 'if') return null;
  const then = returned(endsInReturn(first.then) ? first.then : [...first.then, ...rest], fn);
  const otherwise = returned(endsInReturn(first.otherwise) ? first.otherwise : [...first.otherwise, ...rest], fn);
  return then === null || otherwise === null ? null : { kind: 'conditional', test: first.test, then, otherwise, span: first.span };
}

function endsInReturn(body: readonly Stmt[]): boolean {
  const last = body.at(-1);
  return last?.kind === 'return' || (last?.kind === 'if' && endsInReturn(last.then) && endsInReturn(last.otherwise));
}

function parameterNames(fn: StarlarkFunction): string[] {
  return fn.node.params.flatMap((p) => (p.kind === 'star' ? [] : [p.name.name]));
}

/** The parameters by name; null for shapes of parameters or arguments that are not followed. */
function parametersOf(fn: StarlarkFunction, args: Arguments, c: Context): Map<string, Symbolic> | null {
  const plain = fn.node.params.filter((p) => p.kind === 'required' || p.kind === 'optional');
  if (plain.length !== fn.node.params.length || args.positional.length > plain.length) return null;
  const variables = new Map<string, Symbolic>();
  for (const [i, p] of plain.entries()) {
    const given = args.positional[i] ?? args.named.get(p.name.name) ?? defaultOf(fn, i, c);
    if (given === null || (i < args.positional.length && args.named.has(p.name.name))) return null;
    variables.set(p.name.name, given);
  }
  return [...args.named.keys()].every((name) => variables.has(name)) ? variables : null;
}

/** A parameter's default, or null when it has none. */
export function defaultOf(fn: StarlarkFunction, index: number, c: Context): Symbolic | null {
  const value = fn.defaults[index];
  if (value === undefined) return null;
  return captured(value, `a default of ${fn.name}()`, c);
}
