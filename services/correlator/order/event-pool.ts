import type { Attributes } from '../../store/attribute-columns.ts';
import type { Origin } from '../causes/origin.ts';
import type { Commit } from './commits.ts';

/** An edge that leads to an event. `rule` is the number of its name in the text table. */
export interface Cause {
  readonly rule: number;
  readonly origin: Origin;
  readonly certain: boolean;
}

/** How far apart the places around an event are: directly before one that it causes, directly after it, a fault before its call. */
export const rank = { beforeEffect: -4, fault: -1, afterWrite: 2 } as const;

/** How far an event has come: new, known to the matchers, explained (its causes are found); or a call that is still running. */
export const stage = { fresh: 0, known: 1, explained: 2, open: 3 } as const;

/** Columns that records of calls and faults bring; other records lack some or all of them. */
export const callTexts = ['syscall', 'path', 'target', 'object', 'local', 'remote', 'address', 'errno', 'decision', 'label'] as const;
export const callLongs = ['size', 'ret', 'duration', 'tcpSeq', 'inode', 'peerInode'] as const;
export const callInts = ['fd', 'pid', 'tid', 'flags'] as const;

const idColumns = ['type', 'service', 'source', ...callTexts] as const;
const longColumns = ['position', ...callLongs] as const;
const intColumns = callInts;
type IdColumn = (typeof idColumns)[number];
type LongColumn = (typeof longColumns)[number];
type IntColumn = (typeof intColumns)[number];

/** A nullable 64-bit integer a row: two words, low first, and 1 where it is there. */
export interface Longs {
  words: Int32Array;
  has: Uint8Array;
}
export interface Ints {
  values: Int32Array;
  has: Uint8Array;
}

/**
 * Events of one test that wait for a barrier, as columns; an event is an index. Texts are numbers of the text table, 0 is none.
 * Times are ns since the run's epoch.
 */
export class EventPool {
  count = 0;
  /** Texts by column. */
  readonly id = {} as Record<IdColumn, Int32Array>;
  readonly long = {} as Record<LongColumn, Longs>;
  readonly int = {} as Record<IntColumn, Ints>;
  /** The same, in the order of `callTexts`, `callLongs` and `callInts`. */
  texts: readonly Int32Array[] = [];
  longs: readonly Longs[] = [];
  ints: readonly Ints[] = [];
  at: Float64Array = new Float64Array(0);
  /** The event's place: this time, then `rank`, then source, then position. */
  key: Float64Array = new Float64Array(0);
  rank: Int8Array = new Int8Array(0);
  /** Number of the source in its test, of the answers of which the event's turn depends. */
  via: Int32Array = new Int32Array(0);
  /** The last barrier that `via` had answered when the event came. */
  after: Int32Array = new Int32Array(0);
  /** See `stage`. */
  stage: Uint8Array = new Uint8Array(0);
  /** `data` as bytes of `arena`; length 0 stands for an empty object. */
  dataFrom: Float64Array = new Float64Array(0);
  dataLength: Int32Array = new Int32Array(0);
  arena: Uint8Array = new Uint8Array(1 << 14);
  arenaLength = 0;
  /** What an event that may be a cause is known by. */
  readonly origins: Array<Origin | undefined> = [];
  /** The edges that lead to it. */
  readonly causes: Array<Cause[] | undefined> = [];
  /** What events of databases and topics have beside the columns. */
  readonly attributes: Array<Attributes | undefined> = [];
  /** The transactions of row changes; those of one transaction share it. */
  readonly commits: Array<Commit | undefined> = [];
  /** The offset of the record batch that made a message visible. */
  readonly batches: Array<number | undefined> = [];

  constructor() {
    for (const c of idColumns) this.id[c] = new Int32Array(0);
    for (const c of longColumns) this.long[c] = { words: new Int32Array(0), has: new Uint8Array(0) };
    for (const c of intColumns) this.int[c] = { values: new Int32Array(0), has: new Uint8Array(0) };
    this.#grow(256);
  }

  /** A new event; the caller sets every column but `key`, `rank`, `stage` and the data. */
  add(): number {
    if (this.count === this.at.length) this.#grow(this.count * 2);
    const i = this.count++;
    this.stage[i] = 0;
    this.rank[i] = 0;
    this.dataLength[i] = 0;
    this.origins[i] = undefined;
    this.causes[i] = undefined;
    this.attributes[i] = undefined;
    this.commits[i] = undefined;
    this.batches[i] = undefined;
    return i;
  }

  /** A new event whose columns are all null. */
  addEmpty(): number {
    const i = this.add();
    for (const c of idColumns) this.id[c][i] = 0;
    for (const c of longColumns) this.long[c].has[i] = 0;
    for (const c of intColumns) this.int[c].has[i] = 0;
    return i;
  }

  setData(i: number, bytes: Uint8Array, from: number, to: number): void {
    const n = to - from;
    if (this.arenaLength + n > this.arena.length) {
      const grown = new Uint8Array(Math.max(this.arena.length * 2, this.arenaLength + n));
      grown.set(this.arena.subarray(0, this.arenaLength));
      this.arena = grown;
    }
    this.arena.set(bytes.subarray(from, to), this.arenaLength);
    this.dataFrom[i] = this.arenaLength;
    this.dataLength[i] = n;
    this.arenaLength += n;
  }

  setDataText(i: number, text: string): void {
    const bytes = Buffer.from(text, 'utf8');
    this.setData(i, bytes, 0, bytes.length);
  }

  dataText(i: number): string {
    const from = this.dataFrom[i]!;
    return Buffer.from(this.arena.subarray(from, from + this.dataLength[i]!)).toString('utf8');
  }

  /** A 64-bit column as a number; exact below 2^53. */
  number(column: LongColumn, i: number): number {
    const { words } = this.long[column];
    return words[i * 2 + 1]! * 4294967296 + (words[i * 2]! >>> 0);
  }

  setNumber(column: LongColumn, i: number, value: number): void {
    const { words, has } = this.long[column];
    words[i * 2] = (value % 4294967296) | 0;
    words[i * 2 + 1] = Math.floor(value / 4294967296);
    has[i] = 1;
  }

  /** Gives an event its place. */
  put(i: number, key: number, place: number): void {
    this.key[i] = key;
    this.rank[i] = place;
  }

  /** Whether `a` has a place before that of `b`. */
  standsBefore(a: number, b: number): boolean {
    const { key, rank: place } = this;
    return key[a]! < key[b]! || (key[a] === key[b] && place[a]! < place[b]!);
  }

  addCause(i: number, cause: Cause): void {
    const list = this.causes[i];
    if (list) list.push(cause);
    else this.causes[i] = [cause];
  }

  /** Copies columns that tell what a call was about. */
  copyCall(from: number, to: number): void {
    for (const c of ['path', 'target', 'object', 'local', 'remote', 'address', 'errno'] as const) this.id[c][to] = this.id[c][from]!;
    for (const c of ['size', 'ret'] as const) this.#copyLong(this.long[c], from, to);
    const { values, has } = this.int.fd;
    values[to] = values[from]!;
    has[to] = has[from]!;
  }

  /** Drops the events for which `gone` is 1; the others move up, in their order. Returns where each moved to, -1 for the dropped. */
  remove(gone: Uint8Array): Int32Array {
    const movedTo = new Int32Array(this.count).fill(-1);
    let to = 0;
    const arena = this.arena;
    let arenaLength = 0;
    for (let i = 0; i < this.count; i++) {
      if (gone[i] === 1) continue;
      const from = this.dataFrom[i]!;
      const length = this.dataLength[i]!;
      if (length > 0) {
        arena.copyWithin(arenaLength, from, from + length);
        this.dataFrom[i] = arenaLength;
        arenaLength += length;
      }
      if (to !== i) this.#move(i, to);
      movedTo[i] = to++;
    }
    this.count = this.origins.length = this.causes.length = this.attributes.length = this.commits.length = this.batches.length = to;
    this.arenaLength = arenaLength;
    return movedTo;
  }

  #move(from: number, to: number): void {
    const { id } = this;
    id.type[to] = id.type[from]!;
    id.service[to] = id.service[from]!;
    id.source[to] = id.source[from]!;
    for (const column of this.texts) column[to] = column[from]!;
    this.#copyLong(this.long.position, from, to);
    for (const column of this.longs) this.#copyLong(column, from, to);
    for (const { values, has } of this.ints) {
      values[to] = values[from]!;
      has[to] = has[from]!;
    }
    this.at[to] = this.at[from]!;
    this.key[to] = this.key[from]!;
    this.rank[to] = this.rank[from]!;
    this.via[to] = this.via[from]!;
    this.after[to] = this.after[from]!;
    this.stage[to] = this.stage[from]!;
    this.dataFrom[to] = this.dataFrom[from]!;
    this.dataLength[to] = this.dataLength[from]!;
    const origin = this.origins[from];
    if (origin) origin.index = to;
    this.origins[to] = origin;
    this.causes[to] = this.causes[from];
    this.attributes[to] = this.attributes[from];
    this.commits[to] = this.commits[from];
    this.batches[to] = this.batches[from];
  }

  #copyLong({ words, has }: Longs, from: number, to: number): void {
    words[to * 2] = words[from * 2]!;
    words[to * 2 + 1] = words[from * 2 + 1]!;
    has[to] = has[from]!;
  }

  #grow(size: number): void {
    const int32 = (old: Int32Array, n: number) => copy(old, new Int32Array(n));
    const flags = (old: Uint8Array) => copy(old, new Uint8Array(size));
    for (const c of idColumns) this.id[c] = int32(this.id[c], size);
    for (const c of longColumns) this.long[c] = { words: int32(this.long[c].words, size * 2), has: flags(this.long[c].has) };
    for (const c of intColumns) this.int[c] = { values: int32(this.int[c].values, size), has: flags(this.int[c].has) };
    this.at = copy(this.at, new Float64Array(size));
    this.key = copy(this.key, new Float64Array(size));
    this.rank = copy(this.rank, new Int8Array(size));
    this.via = int32(this.via, size);
    this.after = int32(this.after, size);
    this.stage = flags(this.stage);
    this.dataFrom = copy(this.dataFrom, new Float64Array(size));
    this.dataLength = int32(this.dataLength, size);
    this.texts = callTexts.map((c) => this.id[c]);
    this.longs = callLongs.map((c) => this.long[c]);
    this.ints = callInts.map((c) => this.int[c]);
  }
}

function copy<A extends Int32Array | Float64Array | Uint8Array | Int8Array>(old: A, fresh: A): A {
  fresh.set(old as never);
  return fresh;
}
