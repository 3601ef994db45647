import type { Assign, AugAssign, Expr } from '../syntax/ast.ts';
import { operationJs } from './binary.ts';
import { elementJs, exprJs, held } from './expression.ts';
import { assignName } from './variable.ts';
import type { Js, Writer } from './writer.ts';

/** `target = value`: the value is evaluated first, then the target's parts. */
export function writeAssign(w: Writer, { target, value }: Assign): void {
  const js = exprJs(w, value);
  assign(w, target, js);
}

/** Stores a value in a target: a name, an element, or several at once. */
export function assign(w: Writer, target: Expr, value: Js): void {
  switch (target.kind) {
    case 'ident':
      return assignName(w, target, value);
    case 'index': {
      const result = w.hold(value);
      const object = held(w, target.object);
      const index = held(w, target.index);
      return setElement(w, target.span, object, index, result);
    }
    case 'dot': {
      w.line(`${value};`);
      return refuseField(w, held(w, target.object), target.name, target.nameSpan);
    }
    case 'tuple':
    case 'list':
      return unpackInto(w, target, value);
    default:
      throw new Error(`the parser allows no ${target.kind} as a target`);
  }
}

function setElement(w: Writer, span: Expr['span'], object: Js, index: Js, value: Js): void {
  w.line(`${w.at(span)};`);
  w.line(`${w.use('setIndex')}(${object}, ${index}, ${value});`);
}

function refuseField(w: Writer, object: Js, name: string, span: Expr['span']): void {
  w.line(`${w.at(span)};`);
  w.line(`${w.use('immutableField')}(${object}, ${JSON.stringify(name)});`);
}

/** All elements are read before the first is assigned, which may change where they come from. */
function unpackInto(w: Writer, { items, span }: Extract<Expr, { kind: 'tuple' | 'list' }>, value: Js): void {
  const whole = w.hold(value);
  w.line(`${w.at(span)};`);
  const values = w.hold(`${w.use('unpack')}(${whole}, ${items.length})`);
  const parts = items.map((_, i) => w.hold(`${values}[${i}]`));
  items.forEach((item, i) => assign(w, item, parts[i] ?? ''));
}

/** `target op= value`: the target's parts are evaluated once; lists, dicts and sets change in place where they can. */
export function writeAugAssign(w: Writer, s: AugAssign): void {
  const { target } = s;
  switch (target.kind) {
    case 'ident':
      return assignName(w, target, combinedJs(w, s, held(w, target)));
    case 'index': {
      const object = w.named(exprJs(w, target.object));
      const index = held(w, target.index);
      const result = w.hold(combinedJs(w, s, w.hold(elementJs(w, object, index, target))));
      return setElement(w, target.span, object, index, result);
    }
    case 'dot': {
      const object = held(w, target.object);
      w.line(`${w.at(target.span)};`);
      w.line(`${w.use('getAttribute')}(${object}, ${JSON.stringify(target.name)});`);
      return refuseField(w, object, target.name, target.span);
    }
    default:
      throw new Error(`the parser allows no ${target.kind} as a target`);
  }
}

function combinedJs(w: Writer, { op, target, value, span }: AugAssign, old: Js): Js {
  const by = held(w, value);
  return operationJs(w, { op, left: target, right: value, span, inPlace: true }, old, by);
}
