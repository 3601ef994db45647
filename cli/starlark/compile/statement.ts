import type { If, Stmt } from '../syntax/ast.ts';
import { writeAssign, writeAugAssign } from './assign.ts';
import { testJs } from './condition.ts';
import { exprJs } from './expression.ts';
import { defJs } from './function.ts';
import { writeLoad } from './load.ts';
import { writeLoop } from './loop.ts';
import { assignName } from './variable.ts';
import type { Writer } from './writer.ts';

/** Statements in order. Tells whether what follows them can be reached. */
export function writeBlock(w: Writer, body: readonly Stmt[]): boolean {
  return body.every((s) => w.scoped(() => writeStatement(w, s)));
}

function writeStatement(w: Writer, s: Stmt): boolean {
  switch (s.kind) {
    case 'expr':
      w.line(`${exprJs(w, s.value)};`);
      return true;
    case 'assign':
      writeAssign(w, s);
      return true;
    case 'augassign':
      writeAugAssign(w, s);
      return true;
    case 'def':
      assignName(w, s.name, defJs(w, s));
      return true;
    case 'if':
      return writeIf(w, s);
    case 'for':
      writeLoop(w, s.target, s.iterable, () => writeBlock(w, s.body));
      return true;
    case 'return':
      w.line(`return ${w.use('leave')}(thread, f, ${s.value === null ? 'null' : exprJs(w, s.value)});`);
      return false;
    case 'break':
    case 'continue':
      w.line(`${s.kind};`);
      return false;
    case 'pass':
      return true;
    case 'load':
      writeLoad(w, s);
      return true;
  }
}

function writeIf(w: Writer, s: If): boolean {
  const test = testJs(w, s.test);
  const before = w.assigned;
  let [then, otherwise] = [true, true];
  const afterThen = w.block(`if (${test})`, () => {
    then = writeBlock(w, s.then);
  });
  const afterOtherwise =
    s.otherwise.length === 0
      ? before
      : w.block('else', () => {
          otherwise = writeBlock(w, s.otherwise);
        });
  w.assigned = !then ? afterOtherwise : !otherwise ? afterThen : new Set([...afterThen].filter((v) => afterOtherwise.has(v)));
  return then || otherwise;
}
