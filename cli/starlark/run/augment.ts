import type { BinaryOp } from '../syntax/ast.ts';
import { StarlarkDict } from './dict.ts';
import { elementsOf, iterate } from './iterate.ts';
import { checkItems } from './limits.ts';
import { checkMutable } from './mutation.ts';
import { binary } from './operators.ts';
import { StarlarkSet } from './set.ts';
import { StarlarkList, type Value } from './values.ts';

/** The new value of `old op= by`: lists, dicts and sets change in place where they can. */
export function augment(op: BinaryOp, old: Value, by: Value): Value {
  return inPlace(op, old, by) ?? binary(op, old, by);
}

function inPlace(op: BinaryOp, old: Value, by: Value): Value | null {
  if (op === '+' && old instanceof StarlarkList) {
    const items = elementsOf(by);
    if (items === null) return null;
    checkMutable(old, 'extend');
    checkItems(old.items.length + items.length);
    for (const item of items.slice()) old.items.push(item);
    return old;
  }
  if (op === '|' && old instanceof StarlarkDict && by instanceof StarlarkDict) {
    checkMutable(old, 'update');
    for (const [k, v] of [...by.entries()]) old.put(k, v);
    return old;
  }
  if (op === '|' && old instanceof StarlarkSet && by instanceof StarlarkSet) {
    checkMutable(old, 'update');
    for (const item of iterate(by)) old.put(item);
    return old;
  }
  return null;
}
