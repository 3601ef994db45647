import {
  call,
  type Expr,
  type Span,
  StarlarkError,
  type StarlarkFunction,
  type Thread,
  truth,
  type Value,
  withBody,
} from '../starlark/index.ts';
import { bodyExpression } from './inline.ts';

/** What a clause says of an event. */
export type ClauseResult =
  { readonly kind: 'true' } | { readonly kind: 'false' } | { readonly kind: 'raised'; readonly error: StarlarkError };

/** One conjunct of a predicate. Later clauses may raise where an earlier one is false: it guarded them. */
export interface Clause {
  readonly source: string;
  readonly span: Span;
  test(thread: Thread, event: Value): ClauseResult;
  /**
   * The value that the clause looked at: the side of a comparison that is no literal, else what the clause came to. Undefined when it
   * raised.
   */
  saw(thread: Thread, event: Value): Value | undefined;
}

/** The clauses of a conjunction, in order, for explaining a near miss. A predicate that is no conjunction is one clause. */
export function clauses(predicate: StarlarkFunction): Clause[] {
  const body = bodyExpression(predicate);
  const single = predicate.node.kind === 'lambda' || (predicate.node.body.length === 1 && predicate.node.body[0]?.kind === 'return');
  if (body === null || !single) return [clauseOf(predicate, predicate.span, predicate, predicate)];
  return conjuncts(body).map((e) => clauseOf(predicate, e.span, withBody(predicate, e), withBody(predicate, subjectOf(e))));
}

function conjuncts(e: Expr): Expr[] {
  return e.kind === 'logical' && e.op === 'and' ? [...conjuncts(e.left), ...conjuncts(e.right)] : [e];
}

const literals: ReadonlySet<Expr['kind']> = new Set(['int', 'float', 'string', 'bytes']);

/** What a comparison is about: its left side, or its right one when the left is a literal. */
function subjectOf(e: Expr): Expr {
  if (e.kind !== 'binary') return e;
  return literals.has(e.left.kind) ? e.right : e.left;
}

function clauseOf(predicate: StarlarkFunction, span: Span, fn: StarlarkFunction, subject: StarlarkFunction): Clause {
  return {
    source: predicate.source.slice(span.start, span.end),
    span,
    test: (thread, event) => {
      try {
        return { kind: truth(call(thread, fn, [event])) ? 'true' : 'false' };
      } catch (error) {
        if (error instanceof StarlarkError) return { kind: 'raised', error };
        throw error;
      }
    },
    saw: (thread, event) => {
      try {
        return call(thread, subject, [event]);
      } catch (error) {
        if (error instanceof StarlarkError) return undefined;
        throw error;
      }
    },
  };
}
