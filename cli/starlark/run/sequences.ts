import { wantBool, wantInt } from './arguments.ts';
import { builtin } from './method.ts';
import { Builtin } from './builtin.ts';
import { invoke } from './call.ts';
import { compare } from './compare.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { indexInt } from './integers.ts';
import { iterate } from './iterate.ts';
import { work } from './limits.ts';
import { StarlarkSet } from './set.ts';
import type { Thread } from './thread.ts';
import { truth } from './truth.ts';
import { typeName } from './type-name.ts';
import { updateDict } from './update-dict.ts';
import { StarlarkList, StarlarkRange, StarlarkTuple, type Value } from './values.ts';

/** Builtins that make, walk or order sequences. */
export const SEQUENCES: readonly Builtin[] = [
  builtin('all(iterable)', (_, [x]) => iterate(x as Value, 'all').every(truth)),
  builtin('any(iterable)', (_, [x]) => iterate(x as Value, 'any').some(truth)),
  builtin('dict(*, **)', (_, args, __, kwargs) => makeDict(args as readonly Value[], kwargs)),
  builtin('enumerate(iterable, start?)', (_, [x, start]) => {
    const from = wantInt(start, 0, 'enumerate: start');
    return new StarlarkList(iterate(x as Value, 'enumerate').map((v, i) => new StarlarkTuple([from + i, v])));
  }),
  builtin('list(iterable?)', (_, [x]) => new StarlarkList(x === undefined ? [] : copy(x, 'list'))),
  new Builtin('max', (thread, args, kwargs) => extreme(thread, 'max', args, kwargs, (c) => c > 0)),
  new Builtin('min', (thread, args, kwargs) => extreme(thread, 'min', args, kwargs, (c) => c < 0)),
  builtin('range(start, stop?, step?)', (_, args) => range(args)),
  builtin('reversed(iterable)', (_, [x]) => new StarlarkList(copy(x as Value, 'reversed').reverse())),
  builtin('set(iterable?)', (_, [x]) => StarlarkSet.from(x === undefined ? [] : iterate(x, 'set'))),
  builtin('sorted(iterable, key?, reverse?)', (_, args, thread) => sorted(args, thread)),
  builtin('tuple(iterable?)', (_, [x]) => new StarlarkTuple(x === undefined ? [] : copy(x, 'tuple'))),
  builtin('zip(*)', (_, args) => zip(args as readonly Value[])),
];

function copy(x: Value, who: string): Value[] {
  return iterate(x, who).slice();
}

function makeDict(args: readonly Value[], kwargs: ReadonlyMap<string, Value>): StarlarkDict {
  if (args.length > 1) throw new EvalError(`dict: got ${args.length} arguments, want at most 1`);
  const dict = new StarlarkDict();
  if (args[0] !== undefined) updateDict(dict, args[0], 'dict');
  for (const [key, value] of kwargs) dict.put(key, value);
  return dict;
}

function extreme(
  thread: Thread,
  who: string,
  args: readonly Value[],
  kwargs: ReadonlyMap<string, Value>,
  better: (c: number) => boolean,
): Value {
  for (const name of kwargs.keys()) {
    if (name !== 'key') throw new EvalError(`${who}: unexpected keyword argument '${name}'`, 'it takes key');
  }
  if (args.length === 0) throw new EvalError(`${who}: requires at least one positional argument`);
  const key = kwargs.get('key') ?? null;
  const items = args.length === 1 ? iterate(args[0] as Value, who) : args;
  if (items.length === 0) throw new EvalError(`${who}: argument is an empty sequence, expected at least one item`);
  const keyed = (v: Value): Value => (key === null ? v : invoke(thread, key, [v]));
  let best = items[0] as Value;
  let bestKey = keyed(best);
  for (const item of items.slice(1)) {
    const k = keyed(item);
    if (!better(compareIn(who, k, bestKey))) continue;
    best = item;
    bestKey = k;
  }
  return best;
}

function range(args: readonly (Value | undefined)[]): StarlarkRange {
  const ints = args.map((a) => {
    if (typeof a === 'bigint') throw new EvalError(`range: ${a} is too large`);
    return indexInt(a ?? null, 'range', typeName(a ?? null));
  });
  const [first = 0, second, step = 1] = ints;
  const start = second === undefined ? 0 : first;
  const stop = second ?? first;
  if (step === 0) throw new EvalError('range: step argument must not be zero');
  return new StarlarkRange(start, Math.max(0, Math.ceil((stop - start) / step)), step, stop);
}

function sorted([list, key, reverse]: readonly (Value | undefined)[], thread: Thread): StarlarkList {
  const items = iterate(list as Value, 'error in sorted');
  const keys = key === undefined || key === null ? items : items.map((item) => invoke(thread, key, [item]));
  work(items.length * Math.log2(items.length + 1));
  const sign = wantBool(reverse, false, 'sorted: reverse') ? -1 : 1;
  return new StarlarkList(areNumbers(keys) ? sortedByNumber(items, keys, sign) : sortedByValue(items, keys, sign));
}

function areNumbers(keys: readonly Value[]): keys is readonly number[] {
  return keys.every((k) => typeof k === 'number');
}

function sortedByNumber(items: readonly Value[], keys: readonly number[], sign: number): Value[] {
  const n = items.length;
  const numbers = new Float64Array(n);
  const sorted = new Array<Value>(n);
  if (items === keys) {
    for (let i = 0; i < n; i++) numbers[i] = sign * keys[i]!;
    numbers.sort();
    for (let i = 0; i < n; i++) sorted[i] = sign * numbers[i]! + 0;
    return sorted;
  }
  const limit = Number.MAX_SAFE_INTEGER / n - 1;
  if (!keys.every((k) => Math.abs(k) < limit)) return sortedByValue(items, keys, sign);
  // Key and place in one int: the engine sorts them without a call a comparison, and equal keys stay in their order.
  for (let i = 0; i < n; i++) numbers[i] = sign * keys[i]! * n + i;
  numbers.sort();
  for (let i = 0; i < n; i++) sorted[i] = items[((numbers[i]! % n) + n) % n]!;
  return sorted;
}

function sortedByValue(items: readonly Value[], keys: readonly Value[], sign: number): Value[] {
  return items
    .map((item, i) => ({ item, key: keys[i] as Value }))
    .sort((a, b) => sign * compareIn('sorted', a.key, b.key))
    .map((k) => k.item);
}

/** Compares, saying which builtin could not. */
function compareIn(who: string, x: Value, y: Value): number {
  try {
    return compare(x, y);
  } catch (error) {
    throw error instanceof EvalError ? new EvalError(`error in ${who}: ${error.message}`, error.hint) : error;
  }
}

function zip(args: readonly Value[]): StarlarkList {
  const lists = args.map((a) => iterate(a, 'zip'));
  const length = lists.length === 0 ? 0 : Math.min(...lists.map((l) => l.length));
  return new StarlarkList(Array.from({ length }, (_, i) => new StarlarkTuple(lists.map((l) => l[i] as Value))));
}
