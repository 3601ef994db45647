import { wantInt } from './arguments.ts';
import { equals } from './compare.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { iterate } from './iterate.ts';
import { checkItems, work } from './limits.ts';
import { methods, type MethodTable } from './method.ts';
import { checkMutable } from './mutation.ts';
import { repr } from './repr.ts';
import { differenceOf, intersectionOf, symmetricDifferenceOf, unionOf } from './set-operations.ts';
import { StarlarkSet } from './set.ts';
import { updateDict } from './update-dict.ts';
import { StarlarkBytes, StarlarkList, StarlarkTuple, type Value } from './values.ts';

/** The methods of lists. */
export const LIST_METHODS: MethodTable<StarlarkList> = methods<StarlarkList>({
  'append(item)': (list, args) => {
    if (list.frozen || list.iterators > 0) checkMutable(list, 'append to');
    list.items.push(args[0] as Value);
    return null;
  },
  'clear()': (list) => {
    checkMutable(list, 'clear');
    list.items.length = 0;
    return null;
  },
  'extend(iterable)': (list, [more]) => {
    checkMutable(list, 'extend');
    const items = iterate(more as Value, 'extend').slice();
    checkItems(list.items.length + items.length);
    for (const item of items) list.items.push(item);
    return null;
  },
  'index(value, start?, end?)': (list, [value, start, end]) => {
    work(list.items.length);
    const at = (i: number): number => Math.max(0, Math.min(i < 0 ? i + list.items.length : i, list.items.length));
    const to = at(wantInt(end, list.items.length, 'index: end'));
    for (let i = at(wantInt(start, 0, 'index: start')); i < to; i++) if (equals(list.items[i] as Value, value as Value)) return i;
    throw new EvalError(`index: value not in list: ${repr(value as Value)} not found`);
  },
  'insert(index, item)': (list, [index, item]) => {
    checkMutable(list, 'insert into');
    work(list.items.length / 4);
    list.items.splice(wantInt(index, 0, 'insert: index'), 0, item as Value);
    return null;
  },
  'pop(index?)': (list, [index]) => {
    const { length } = list.items;
    const i = wantInt(index, length - 1, 'pop: index');
    const at = i < 0 && index !== undefined ? i + length : i;
    if (at < 0 || at >= length) {
      throw new EvalError(length === 0 ? 'pop: index out of range: empty list' : `pop: index ${i} out of range [${-length}:${length - 1}]`);
    }
    checkMutable(list, 'pop from');
    if (at < length - 1) work(length / 4);
    return list.items.splice(at, 1)[0] as Value;
  },
  'remove(value)': (list, [value]) => {
    checkMutable(list, 'remove from');
    work(list.items.length);
    const at = list.items.findIndex((v) => equals(v, value as Value));
    if (at < 0) throw new EvalError(`remove: element not found: ${repr(value as Value)}`);
    list.items.splice(at, 1);
    return null;
  },
});

/** The methods of dicts. */
export const DICT_METHODS: MethodTable<StarlarkDict> = methods<StarlarkDict>({
  'clear()': (d) => {
    d.clear();
    return null;
  },
  'get(key, default?)': (d, args) => {
    const value = d.get(args[0] as Value);
    return value !== undefined ? value : (args[1] ?? null);
  },
  'items()': (d) => {
    const items: Value[] = [];
    for (const { key, value } of d.records()) items.push(new StarlarkTuple([key, value]));
    return new StarlarkList(items);
  },
  'keys()': (d) => new StarlarkList(d.keys()),
  'pop(key, default?)': (d, [key, otherwise]) => {
    const removed = d.delete(key as Value);
    const value = removed === undefined ? otherwise : removed;
    if (value === undefined) throw new EvalError(`pop: missing key: key ${repr(key as Value)} not found`);
    return value;
  },
  'popitem()': (d) => {
    for (const [key, value] of d.entries()) {
      d.delete(key);
      return new StarlarkTuple([key, value]);
    }
    throw new EvalError('popitem: empty dict');
  },
  'setdefault(key, default?)': (d, [key, value]) => {
    const known = d.get(key as Value);
    if (known !== undefined) return known;
    d.set(key as Value, value ?? null);
    return value ?? null;
  },
  'update(*, **)': (d, args, _, kwargs) => {
    if (args.length > 1) throw new EvalError(`update: got ${args.length} arguments, want at most 1`);
    checkMutable(d, 'update');
    if (args[0] !== undefined) updateDict(d, args[0], 'update');
    for (const [key, value] of kwargs) d.put(key, value);
    return null;
  },
  'values()': (d) => new StarlarkList(d.values()),
});

const others = (args: readonly (Value | undefined)[], who: string): readonly Value[] => args.flatMap((a) => iterate(a as Value, who));

/** The methods of sets. */
export const SET_METHODS: MethodTable<StarlarkSet> = methods<StarlarkSet>({
  'add(item)': (s, [item]) => {
    if (!s.has(item as Value)) s.add(item as Value);
    return null;
  },
  'clear()': (s) => {
    s.clear();
    return null;
  },
  'difference(*)': (s, args) => differenceOf(s, others(args, 'difference')),
  'discard(item)': (s, [item]) => {
    if (s.has(item as Value)) s.delete(item as Value);
    return null;
  },
  'intersection(*)': (s, args) => args.reduce<StarlarkSet>((set, a) => intersectionOf(set, iterate(a as Value, 'intersection')), s),
  'issubset(other)': (s, [other]) => {
    const set = StarlarkSet.from(iterate(other as Value, 'issubset'));
    return s.items().every((i) => set.has(i));
  },
  'issuperset(other)': (s, [other]) => iterate(other as Value, 'issuperset').every((i) => s.has(i)),
  'pop()': (s) => {
    const [first] = s.items();
    if (first === undefined) throw new EvalError('pop: empty set');
    s.delete(first);
    return first;
  },
  'remove(item)': (s, [item]) => {
    if (!s.delete(item as Value)) throw new EvalError(`remove: missing key: ${repr(item as Value)} not found`);
    return null;
  },
  'symmetric_difference(other)': (s, [other]) => symmetricDifferenceOf(s, iterate(other as Value, 'symmetric_difference')),
  'union(*)': (s, args) => unionOf(s, others(args, 'union')),
  'update(*)': (s, args) => {
    for (const item of others(args, 'update')) s.add(item);
    return null;
  },
});

/** The methods of bytes. */
export const BYTES_METHODS: MethodTable<StarlarkBytes> = methods<StarlarkBytes>({
  'elems()': (b) => new StarlarkList([...b.bytes]),
});
