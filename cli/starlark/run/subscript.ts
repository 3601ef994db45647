import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { indexInt } from './integers.ts';
import { work } from './limits.ts';
import { checkMutable } from './mutation.ts';
import { repr } from './repr.ts';
import { nearestName } from '../nearest-name.ts';
import { typeName } from './type-name.ts';
import { HostObject, StarlarkBytes, StarlarkList, StarlarkRange, StarlarkTuple, type Value } from './values.ts';

/** `object[index]`. */
export function getIndex(object: Value, index: Value): Value {
  if (object instanceof StarlarkDict) {
    const value = object.get(index);
    if (value === undefined) throw missingKey(object, index);
    return value;
  }
  if (typeof object === 'string') return object.charAt(position(object.length, index, 'string'));
  if (object instanceof StarlarkList || object instanceof StarlarkTuple) {
    return object.items[position(object.items.length, index, typeName(object))] as Value;
  }
  if (object instanceof StarlarkRange) return object.start + position(object.length, index, 'range') * object.step;
  if (object instanceof StarlarkBytes) return object.bytes[position(object.bytes.length, index, 'bytes')] as number;
  const items = object instanceof HostObject ? object.elements() : null;
  if (items === null) throw new EvalError(`unhandled index operation ${typeName(object)}[${typeName(index)}]`);
  return items[position(items.length, index, typeName(object))] as Value;
}

function missingKey(dict: StarlarkDict, key: Value): EvalError {
  const near =
    typeof key === 'string'
      ? nearestName(
          key,
          dict.keys().filter((k) => typeof k === 'string'),
        )
      : null;
  return new EvalError(
    `key ${repr(key)} not in dict`,
    near === null ? 'd.get(key) gives None for a missing key' : `did you mean ${repr(near)}?`,
  );
}

function position(length: number, index: Value, type: string): number {
  const i = indexInt(index, `${type} index`, typeName(index));
  const at = i < 0 ? i + length : i;
  if (at < 0 || at >= length) {
    throw new EvalError(`${type} index ${i} out of range${length === 0 ? `: empty ${type}` : ` [${-length}:${length - 1}]`}`);
  }
  return at;
}

/** `object[index] = value`. */
export function setIndex(object: Value, index: Value, value: Value): void {
  if (object instanceof StarlarkDict) return object.set(index, value);
  if (!(object instanceof StarlarkList)) {
    throw new EvalError(
      `${typeName(object)} value does not support item assignment`,
      'only elements of lists and dicts can be assigned; other values are immutable',
    );
  }
  const { length } = object.items;
  const at = typeof index === 'number' && index >= 0 && index < length ? index : position(length, index, 'list');
  if (object.frozen || object.iterators > 0) checkMutable(object, 'assign to element of');
  object.items[at] = value;
}

/** `object[from:to:step]`, with null for what is left out. */
export function slice(object: Value, from: Value, to: Value, step: Value): Value {
  const by = step === null ? 1 : indexInt(step, 'invalid slice step', typeName(step));
  if (by === 0) throw new EvalError('zero is not a valid slice step');
  const length = sliceLength(object);
  const start = bound(from, by < 0 ? length - 1 : 0, length, by, 'start');
  const end = bound(to, by < 0 ? -1 : length, length, by, 'end');
  if (object instanceof StarlarkRange) {
    const count = Math.max(0, Math.ceil((end - start) / by));
    const at = (i: number): number => object.start + i * object.step;
    return new StarlarkRange(at(start), count, object.step * by, at(end));
  }
  if (typeof object === 'string') {
    if (by !== 1) work(length);
    return by === 1
      ? object.slice(start, Math.max(start, end))
      : stepping(start, end, by)
          .map((i) => object[i])
          .join('');
  }
  if (object instanceof StarlarkBytes) {
    return new StarlarkBytes(Uint8Array.from(stepping(start, end, by), (i) => object.bytes[i] as number));
  }
  const all = object instanceof StarlarkList || object instanceof StarlarkTuple ? object.items : ((object as HostObject).elements() ?? []);
  work(length);
  const items = by === 1 ? all.slice(start, Math.max(start, end)) : stepping(start, end, by).map((i) => all[i] as Value);
  return object instanceof StarlarkTuple ? new StarlarkTuple(items) : new StarlarkList(items);
}

function sliceLength(object: Value): number {
  if (typeof object === 'string') return object.length;
  if (object instanceof StarlarkList || object instanceof StarlarkTuple) return object.items.length;
  if (object instanceof StarlarkRange) return object.length;
  if (object instanceof StarlarkBytes) return object.bytes.length;
  const items = object instanceof HostObject ? object.elements() : null;
  if (items === null) throw new EvalError(`invalid slice operand ${typeName(object)}`);
  return items.length;
}

function bound(value: Value, otherwise: number, length: number, step: number, which: string): number {
  if (value === null) return otherwise;
  const i = indexInt(value, `invalid ${which} index`, typeName(value));
  const at = i < 0 ? i + length : i;
  return step > 0 ? Math.max(0, Math.min(at, length)) : Math.max(-1, Math.min(at, length - 1));
}

function stepping(start: number, end: number, by: number): number[] {
  const result: number[] = [];
  for (let i = start; by > 0 ? i < end : i > end; i += by) result.push(i);
  return result;
}
