import { EvalError } from './errors.ts';
import { type Key, keyOf } from './keys.ts';
import { checkEntries, work } from './limits.ts';
import { checkMutable } from './mutation.ts';
import { repr } from './repr.ts';
import { Mutable, type Value } from './values.ts';

/** A key and its value. */
export interface Entry {
  readonly key: Value;
  value: Value;
}

/** A dict in insertion order. Keys must be hashable: `keyOf` raises for others. */
export class StarlarkDict extends Mutable {
  get starlarkType(): string {
    return 'dict';
  }

  private readonly map = new Map<Key, Entry>();

  static from(entries: Iterable<readonly [Value, Value]>): StarlarkDict {
    const dict = new StarlarkDict();
    for (const [key, value] of entries) dict.put(key, value);
    return dict;
  }

  get size(): number {
    return this.map.size;
  }

  get(key: Value): Value | undefined {
    return this.map.get(keyOf(key))?.value;
  }

  has(key: Value): boolean {
    return this.map.has(keyOf(key));
  }

  /** Sets without asking whether the dict may change: for building. */
  put(key: Value, value: Value): void {
    const k = keyOf(key);
    const entry = this.map.get(k);
    if (entry !== undefined) entry.value = value;
    else {
      this.map.set(k, { key, value });
      if ((this.map.size & 0xffff) === 0) checkEntries(this.map.size);
    }
  }

  set(key: Value, value: Value): void {
    if (this.frozen || this.iterators > 0) checkMutable(this, 'insert into');
    this.put(key, value);
  }

  delete(key: Value): Value | undefined {
    checkMutable(this, 'delete from');
    const k = keyOf(key);
    const entry = this.map.get(k);
    this.map.delete(k);
    return entry?.value;
  }

  clear(): void {
    checkMutable(this, 'clear');
    this.map.clear();
  }

  /** The entries as they lie, for walking while nothing changes the dict. */
  records(): IterableIterator<Readonly<Entry>> {
    work(this.map.size);
    return this.map.values();
  }

  *entries(): Generator<readonly [Value, Value]> {
    work(this.map.size);
    for (const entry of this.map.values()) yield [entry.key, entry.value];
  }

  keys(): Value[] {
    work(this.map.size);
    const result: Value[] = [];
    for (const entry of this.map.values()) result.push(entry.key);
    return result;
  }

  values(): Value[] {
    work(this.map.size);
    const result: Value[] = [];
    for (const entry of this.map.values()) result.push(entry.value);
    return result;
  }
}

/** Adds an entry of a dict display, whose keys must differ. */
export function putNew(dict: StarlarkDict, key: Value, value: Value): void {
  if (dict.has(key)) throw new EvalError(`duplicate key: ${repr(key)}`);
  dict.put(key, value);
}
