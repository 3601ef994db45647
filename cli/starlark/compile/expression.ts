import type { DictExpr, Dot, Expr, Index, Slice } from '../syntax/ast.ts';
import { unary } from '../run/operators.ts';
import { StarlarkBytes, StarlarkFloat } from '../run/values.ts';
import { binaryJs } from './binary.ts';
import { callJs } from './call.ts';
import { comprehensionJs } from './comprehension.ts';
import { conditionalJs, logicalJs, notJs } from './condition.ts';
import { lambdaJs } from './function.ts';
import { constantJs, readName } from './variable.ts';
import type { Js, Writer } from './writer.ts';

/** How many elements a list or tuple may have that is written as one array. */
const MAX_ARRAY = 16;

/** An expression. */
export function exprJs(w: Writer, e: Expr): Js {
  switch (e.kind) {
    case 'ident':
      return readName(w, e);
    case 'int':
    case 'string':
      return constantJs(w, e.value);
    case 'float':
      return w.constant(new StarlarkFloat(e.value));
    case 'bytes':
      return w.constant(new StarlarkBytes(Uint8Array.from(Buffer.from(e.value, 'latin1'))));
    case 'unary':
      return unaryJs(w, e);
    case 'binary':
      return binaryJs(w, e);
    case 'logical':
      return logicalJs(w, e);
    case 'conditional':
      return conditionalJs(w, e);
    case 'call':
      return callJs(w, e);
    case 'index':
      return indexJs(w, e);
    case 'slice':
      return sliceJs(w, e);
    case 'dot':
      return attributeJs(w, e);
    case 'list':
      return `new ${w.use('StarlarkList')}(${arrayJs(w, e)})`;
    case 'tuple':
      return `new ${w.use('StarlarkTuple')}(${arrayJs(w, e)})`;
    case 'dict':
      return dictJs(w, e);
    case 'comprehension':
      return comprehensionJs(w, e);
    case 'lambda':
      return lambdaJs(w, e);
  }
}

/** An expression, evaluated here: the name or literal that has its value until the end of the statement. */
export function held(w: Writer, e: Expr): Js {
  return w.hold(exprJs(w, e));
}

function unaryJs(w: Writer, { op, operand: e, span }: Extract<Expr, { kind: 'unary' }>): Js {
  if (op === 'not') return notJs(w, e);
  if (op === '-' && e.kind === 'int') return constantJs(w, unary('-', e.value));
  const x = held(w, e);
  return `(${w.at(span)}, ${w.use('unary')}("${op}", ${x}))`;
}

function attributeJs(w: Writer, { object, name, nameSpan }: Dot): Js {
  const x = held(w, object);
  return `(${w.at(nameSpan)}, ${w.use('getAttribute')}(${x}, ${JSON.stringify(name)}))`;
}

function indexJs(w: Writer, e: Index): Js {
  const object = w.named(exprJs(w, e.object));
  return elementJs(w, object, held(w, e.index), e);
}

/** `object[index]` of parts that are evaluated. */
export function elementJs(w: Writer, object: Js, index: Js, { index: { kind }, span }: Index): Js {
  const general = `(${w.at(span)}, ${w.use('getIndex')}(${object}, ${index}))`;
  const found = w.temp();
  if (kind === 'string') {
    return `(${object} instanceof ${w.use('StarlarkDict')} && (${found} = ${object}.get(${index})) !== undefined ? ${found} : ${general})`;
  }
  const isPlace = kind === 'int' ? '' : `typeof ${index} === "number" && `;
  return (
    `(${isPlace}${object} instanceof ${w.use('StarlarkList')} && ${index} >= 0 && ${index} < ${object}.items.length ` +
    `? ${object}.items[${index}] : ${general})`
  );
}

function sliceJs(w: Writer, e: Slice): Js {
  const parts = [e.object, e.from, e.to, e.step].map((p) => (p === null ? 'null' : held(w, p)));
  return `(${w.at(e.span)}, ${w.use('slice')}(${parts.join(', ')}))`;
}

function arrayJs(w: Writer, { items, span }: { readonly items: readonly Expr[]; readonly span: Expr['span'] }): Js {
  if (items.length <= MAX_ARRAY) return `[${items.map((i) => held(w, i)).join(', ')}]`;
  const array = w.hold('[]');
  for (const item of items) w.scoped(() => w.line(`${array}.push(${exprJs(w, item)});`));
  w.line(`${w.at(span)};`);
  return array;
}

function dictJs(w: Writer, { entries }: DictExpr): Js {
  const dict = w.hold(`new ${w.use('StarlarkDict')}()`);
  for (const entry of entries) {
    w.scoped(() => {
      const key = held(w, entry.key);
      const value = held(w, entry.value);
      w.line(`${w.at(entry.key.span)};`);
      w.line(`${w.use('putNew')}(${dict}, ${key}, ${value});`);
    });
  }
  return dict;
}
