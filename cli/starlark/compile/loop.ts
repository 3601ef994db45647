import type { Expr } from '../syntax/ast.ts';
import { assign } from './assign.ts';
import { exprJs } from './expression.ts';
import type { Js, Writer } from './writer.ts';

/** Writes a loop over the elements of `iterable`; `body` writes what is done with each, which `target` has. */
export function writeLoop(w: Writer, target: Expr, iterable: Expr, body: () => void): void {
  const over = w.named(exprJs(w, iterable));
  if (isStepOneRange(iterable)) {
    const [value, end] = [w.temp(), w.temp()];
    const head = `for (${value} = ${over}.start, ${end} = ${value} + ${over}.length; ${value} < ${end}; ${value}++)`;
    return writeRounds(w, head, iterable, target, value, body);
  }
  w.line(`${w.at(iterable.span)};`);
  const loop = w.hold(`${w.use('beginLoop')}(${over})`);
  const i = w.temp();
  w.block('try', () => {
    const head = `for (${i} = 0; ${i} < ${loop}.length; ${i}++)`;
    writeRounds(w, head, iterable, target, `${w.use('elementAt')}(${loop}, ${i})`, body);
  });
  w.block('finally', () => w.line(`${w.use('endLoop')}(${loop});`));
}

/** `range(…)`, which needs no elements to be made. */
function isStepOneRange(e: Expr): boolean {
  return (
    e.kind === 'call' &&
    e.callee.kind === 'ident' &&
    e.callee.name === 'range' &&
    e.callee.binding?.kind === 'universal' &&
    e.args.length < 3 &&
    e.args.every((a) => a.kind === 'positional')
  );
}

function writeRounds(w: Writer, head: Js, { span }: Expr, target: Expr, value: Js, body: () => void): void {
  w.block(head, () => {
    w.line(`if (--thread.fuel < 0) { ${w.at(span)}; thread.refuel(); }`);
    w.scoped(() => assign(w, target, value));
    body();
  });
}
