import { type Expr, getIndex, slice, type Value } from '../starlark/index.ts';
import type { Context, Scope } from './context.ts';
import { isAscii } from './conversions.ts';
import { computed, entry, evaluate } from './evaluate.ts';
import { fieldOf } from './fields.ts';
import { valueAt } from './json-value.ts';
import { sizeOf, sortOf } from './shape-sort.ts';
import { always, isPlain, mapCases, onlyConstant, RAISED, type Shape, some, someOrRaised, split, type Symbolic, text } from './symbolic.ts';

/** `object[index]`. */
export function elementOf(object: Symbolic, index: Symbolic, c: Context): Symbolic {
  return mapCases(object, (shape) =>
    mapCases(index, (key) => {
      if (shape.kind === 'constant' && key.kind === 'constant' && isPlain(shape.value)) {
        return computed(() => getIndex(shape.value, key.value));
      }
      if (shape.kind === 'fields' && key.kind === 'constant' && typeof key.value === 'string') return fieldOf(key.value, RAISED, c);
      if (shape.kind === 'dict') return entry(shape, key, RAISED, c);
      const sort = sortOf(shape);
      if (sort === 'number' || sort === 'bool' || sort === 'none') return RAISED;
      if ((sort === 'string' || sort === 'list' || sort === 'tuple') && isNoInt(key)) return RAISED;
      const at = key.kind === 'constant' && typeof key.value === 'number' ? key.value : null;
      const element = at === null ? null : elementAt(shape, at);
      return element ?? c.unknown('an element by position or by a computed key is left to the interpreter');
    }),
  );
}

function isNoInt(key: Shape): boolean {
  const sort = sortOf(key);
  if (sort === 'other' || sort === 'key') return false;
  return sort !== 'number' || key.kind === 'float' || (key.kind === 'some' && key.type === 'float');
}

/** The element at a position from 0, or from the end below 0; null where it is not known. */
function elementAt(shape: Shape, at: number): Symbolic | null {
  const [beyond, position] = at < 0 ? [`< ${-at}`, at] : [`<= ${at}`, at + 1];
  switch (shape.kind) {
    case 'list':
      return split(`${sizeOf(shape)} ${beyond}`, RAISED, valueAt([...shape.path, String(position)]));
    case 'strings':
      return split(`${sizeOf(shape)} ${beyond}`, RAISED, always(text(`arrayElement(${shape.sql}, ${position})`)));
    case 'sequence':
      return shape.items.at(at) ?? RAISED;
    case 'string': {
      const ascii = split(`length(${shape.sql}) ${beyond}`, RAISED, always(text(`substring(${shape.sql}, ${position}, 1)`)));
      return split(isAscii(shape.sql), ascii, someOrRaised('string'));
    }
    case 'opaque':
      return someOrRaised('string');
    case 'some':
      return shape.type === 'string' ? someOrRaised('string') : null;
    default:
      return null;
  }
}

/** `object[from:to]`. */
export function sliceOf(e: Extract<Expr, { kind: 'slice' }>, scope: Scope, c: Context): Symbolic {
  const bounds = [e.from, e.to, e.step].map((x) => (x === null ? null : onlyConstant(evaluate(x, scope, c))));
  const object = evaluate(e.object, scope, c);
  const [from, to, step] = bounds;
  if (from === undefined || to === undefined || step === undefined) {
    return c.unknown('a slice by computed positions is left to the interpreter');
  }
  return mapCases(object, (shape) => {
    if (shape.kind === 'constant' && isPlain(shape.value)) return computed(() => slice(shape.value, from, to, step));
    const sort = sortOf(shape);
    if (sort === 'number' || sort === 'bool' || sort === 'none' || sort === 'dict') return RAISED;
    const plain = isPosition(from) && isPosition(to) && (step === null || step === 1);
    return (plain ? sliced(shape, from, to) : null) ?? c.unknown('a slice is left to the interpreter here');
  });
}

function isPosition(value: Value): value is number | null {
  return value === null || typeof value === 'number';
}

function sliced(shape: Shape, from: number | null, to: number | null): Symbolic | null {
  switch (shape.kind) {
    case 'string': {
      const part = range(`length(${shape.sql})`, from, to);
      return split(isAscii(shape.sql), always(text(`substring(${shape.sql}, ${part})`)), some('string'));
    }
    case 'strings':
      return always({ kind: 'strings', sql: `arraySlice(${shape.sql}, ${range(`length(${shape.sql})`, from, to)})` });
    case 'sequence':
      return always({ ...shape, items: shape.items.slice(from ?? 0, to ?? undefined) });
    case 'list':
    case 'counted':
      return some('list');
    case 'opaque':
      return some('string');
    case 'some':
      return shape.type === 'string' || shape.type === 'list' || shape.type === 'tuple' ? some(shape.type) : null;
    default:
      return null;
  }
}

/** First position from 1 and number of elements of a slice, as SQL. */
function range(length: string, from: number | null, to: number | null): string {
  const size = `toInt64(${length})`;
  const bound = (i: number | null, otherwise: string): string =>
    i === null ? otherwise : i < 0 ? `greatest(${size} - ${-i}, 0)` : `least(${i}, ${size})`;
  const start = bound(from, '0');
  return `toInt64(${start}) + 1, greatest(toInt64(${bound(to, size)}) - toInt64(${start}), 0)`;
}
