import type { Comprehension } from '../syntax/ast.ts';
import { testJs } from './condition.ts';
import { exprJs, held } from './expression.ts';
import { writeLoop } from './loop.ts';
import type { Js, Writer } from './writer.ts';

/** A list or dict comprehension. */
export function comprehensionJs(w: Writer, e: Comprehension): Js {
  const result = w.named(e.key === null ? `new ${w.use('StarlarkList')}([])` : `new ${w.use('StarlarkDict')}()`);
  const items = e.key === null ? w.hold(`${result}.items`) : '';
  w.scoped(() => writeClauses(w, e, 0, () => (e.key === null ? append(w, e, items) : putEntry(w, e, e.key, result))));
  return result;
}

function writeClauses(w: Writer, e: Comprehension, i: number, body: () => void): void {
  const clause = e.clauses[i];
  if (clause === undefined) return w.scoped(body);
  const inner = (): void => writeClauses(w, e, i + 1, body);
  if (clause.kind === 'for') writeLoop(w, clause.target, clause.iterable, inner);
  else w.block(`if (${testJs(w, clause.test)})`, inner);
}

function append(w: Writer, { body }: Comprehension, items: Js): void {
  w.line(`${items}.push(${exprJs(w, body)});`);
  w.line(`if ((${items}.length & 0xffff) === 0) { ${w.at(body.span)}; ${w.use('checkItems')}(${items}.length); }`);
}

function putEntry(w: Writer, { body }: Comprehension, keyExpr: Comprehension['body'], dict: Js): void {
  const key = held(w, keyExpr);
  const value = held(w, body);
  w.line(`${w.at(keyExpr.span)};`);
  w.line(`${dict}.put(${key}, ${value});`);
}
