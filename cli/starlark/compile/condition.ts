import type { Conditional, Expr, Logical } from '../syntax/ast.ts';
import { exprJs, held } from './expression.ts';
import type { Apart, Js, Writer } from './writer.ts';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'not in']);

function isTest(e: Expr): boolean {
  return (
    (e.kind === 'binary' && COMPARISONS.has(e.op)) ||
    (e.kind === 'unary' && e.op === 'not') ||
    (e.kind === 'logical' && isTest(e.left) && isTest(e.right))
  );
}

/** An expression of which only the truth matters: a JavaScript boolean. */
export function testJs(w: Writer, e: Expr): Js {
  if (e.kind === 'logical') {
    const left = testJs(w, e.left);
    return joinTests(
      w,
      e.op,
      left,
      w.apart(() => testJs(w, e.right)),
    );
  }
  return isTest(e) ? exprJs(w, e) : truthJs(w, held(w, e));
}

function truthJs(w: Writer, x: Js): Js {
  return `(typeof ${x} === "boolean" ? ${x} : ${w.use('truth')}(${x}))`;
}

function joinTests(w: Writer, op: 'and' | 'or', left: Js, right: Apart<Js>): Js {
  if (right.lines.length === 0) return `(${left} ${op === 'and' ? '&&' : '||'} ${right.result})`;
  const value = w.temp();
  w.line(`${value} = ${left};`);
  branch(w, op === 'and' ? `if (${value})` : `if (!${value})`, value, right);
  return value;
}

function branch(w: Writer, head: Js, target: Js, { lines, result }: Apart<Js>): void {
  w.block(head, () => {
    w.append(lines);
    w.line(`${target} = ${result};`);
  });
}

/** `not e`. */
export function notJs(w: Writer, e: Expr): Js {
  return `!${testJs(w, e)}`;
}

/** `left and right`, `left or right`: the operand that decides. */
export function logicalJs(w: Writer, e: Logical): Js {
  if (isTest(e)) return testJs(w, e);
  const value = w.temp();
  w.line(`${value} = ${exprJs(w, e.left)};`);
  const right = w.apart(() => exprJs(w, e.right));
  const test = truthJs(w, value);
  branch(w, e.op === 'and' ? `if (${test})` : `if (!${test})`, value, right);
  return value;
}

/** `then if test else otherwise`. */
export function conditionalJs(w: Writer, e: Conditional): Js {
  const test = testJs(w, e.test);
  const then = w.apart(() => exprJs(w, e.then));
  const otherwise = w.apart(() => exprJs(w, e.otherwise));
  if (then.lines.length + otherwise.lines.length === 0) return `(${test} ? ${then.result} : ${otherwise.result})`;
  const value = w.temp();
  branch(w, `if (${test})`, value, then);
  branch(w, 'else', value, otherwise);
  return value;
}
