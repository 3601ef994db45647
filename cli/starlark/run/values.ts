import type { Builtin } from './builtin.ts';
import type { StarlarkFunction } from './function.ts';
import { work } from './limits.ts';

/** A float; ints are JS numbers (safe integers) or bigints (all others). */
export class StarlarkFloat {
  get starlarkType(): string {
    return 'float';
  }
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** An immutable sequence of bytes. */
export class StarlarkBytes {
  get starlarkType(): string {
    return 'bytes';
  }
  readonly bytes: Uint8Array;
  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** What lists, dicts and sets share: they can be frozen, and may not change while something iterates over them. */
export abstract class Mutable {
  frozen = false;
  iterators = 0;
}

export class StarlarkList extends Mutable {
  get starlarkType(): string {
    return 'list';
  }
  readonly items: Value[];
  constructor(items: Value[]) {
    super();
    if (items.length > 64) work(items.length);
    this.items = items;
  }
}

export class StarlarkTuple {
  get starlarkType(): string {
    return 'tuple';
  }
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    if (items.length > 64) work(items.length);
    this.items = items;
  }
}

/** The ints from start, up to but excluding stop, by step. */
export class StarlarkRange {
  get starlarkType(): string {
    return 'range';
  }
  readonly start: number;
  readonly step: number;
  readonly length: number;
  /** As it was written: a range may end before the last step reaches it. */
  readonly stop: number;
  constructor(start: number, length: number, step: number, stop = start + length * step) {
    this.stop = stop;
    this.start = start;
    this.length = length;
    this.step = step;
  }
}

/** A value whose fields are read with a dot. */
export class StarlarkStruct {
  get starlarkType(): string {
    return 'struct';
  }
  readonly fields: ReadonlyMap<string, Value>;
  constructor(fields: ReadonlyMap<string, Value>) {
    this.fields = fields;
  }
}

/** A value of the embedding application. Equality is identity, and it may be a key. One that can be called extends CallableHost. */
export abstract class HostObject {
  abstract readonly starlarkType: string;
  /** The attribute's value; undefined when there is none. */
  abstract getAttr(name: string): Value | undefined;
  abstract attrNames(): string[];
  /** What str() and repr() give. */
  abstract toStarlarkString(): string;
  truth(): boolean {
    return true;
  }
  /** Its elements if it is iterable (for, len, list(), in, x[i]); null if not. */
  elements(): readonly Value[] | null {
    return null;
  }
  /** Told when the module that made it has loaded. */
  freeze(): void {}
}

export type HostValue = HostObject;

export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | StarlarkFloat
  | StarlarkBytes
  | StarlarkList
  | StarlarkTuple
  | StarlarkRange
  | StarlarkStruct
  | import('./dict.ts').StarlarkDict
  | import('./set.ts').StarlarkSet
  | StarlarkFunction
  | Builtin
  | HostObject;
