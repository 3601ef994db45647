import { type Key, keyOf } from './keys.ts';
import { checkEntries, work } from './limits.ts';
import { checkMutable } from './mutation.ts';
import { Mutable, type Value } from './values.ts';

/** A set in insertion order. */
export class StarlarkSet extends Mutable {
  get starlarkType(): string {
    return 'set';
  }

  private readonly map = new Map<Key, Value>();

  static from(items: Iterable<Value>): StarlarkSet {
    const set = new StarlarkSet();
    for (const item of items) set.put(item);
    return set;
  }

  get size(): number {
    return this.map.size;
  }

  has(item: Value): boolean {
    return this.map.has(keyOf(item));
  }

  /** Adds without asking whether the set may change: for building. */
  put(item: Value): void {
    const key = keyOf(item);
    if (this.map.has(key)) return;
    this.map.set(key, item);
    if ((this.map.size & 0xffff) === 0) checkEntries(this.map.size);
  }

  add(item: Value): void {
    checkMutable(this, 'insert into');
    this.put(item);
  }

  delete(item: Value): boolean {
    checkMutable(this, 'delete from');
    return this.map.delete(keyOf(item));
  }

  clear(): void {
    checkMutable(this, 'clear');
    this.map.clear();
  }

  items(): Value[] {
    work(this.map.size);
    return [...this.map.values()];
  }
}
