import { ByteWriter } from './byte-writer.ts';
import { bytesOf, type NativeColumn } from './block.ts';

/** Texts by number, as the writer of a block knows them; 0 stands for NULL, or for the empty text where NULL cannot be. */
export interface Texts {
  readonly size: number;
  bytes(id: number): Uint8Array;
}

/** Shared dictionaries with additional keys: the only version there is. */
const keysVersion = 1;
/** The block brings its keys along and no others are used. */
const ownKeys = 0x600;

/**
 * Columns of type LowCardinality(String) and LowCardinality(Nullable(String)) from numbers of texts: each block carries the texts
 * that occur in it once, and an index a row. One encoder serves any number of columns, one after another.
 */
export class DictionaryEncoder {
  readonly #texts: Texts;
  #local = new Int32Array(1024);
  #used: number[] = [];

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  /** A column of `rows` rows, or null when every row is NULL (leave it out then). */
  column(name: string, ids: Int32Array, rows: number, nullable: boolean): NativeColumn | null {
    const indexes = this.#number(ids, rows);
    if (nullable && this.#used.length === 1) return null;
    const head = new ByteWriter();
    head.uint64(keysVersion);
    this.#keys(head, rows);
    const type = nullable ? 'LowCardinality(Nullable(String))' : 'LowCardinality(String)';
    return { name, type, parts: [head.view(), this.#narrow(indexes, rows)] };
  }

  /** A column of arrays: `ends[i]` is the number of elements up to and including row i, as 64-bit words. */
  arrays(name: string, ends: Uint32Array, rows: number, ids: Int32Array, count: number): NativeColumn {
    const version = new ByteWriter(8);
    version.uint64(keysVersion);
    const parts = [version.view(), bytesOf(ends, rows * 2)];
    if (count > 0) {
      const indexes = this.#number(ids, count);
      const head = new ByteWriter();
      this.#keys(head, count);
      parts.push(head.view(), this.#narrow(indexes, count));
    }
    return { name, type: 'Array(LowCardinality(String))', parts };
  }

  /** Gives each text that occurs the next small number, 0 being text 0; what was noted is wiped by the next call. */
  #number(ids: Int32Array, rows: number): Uint32Array {
    for (const id of this.#used) this.#local[id] = 0;
    if (this.#local.length < this.#texts.size) this.#local = new Int32Array(this.#texts.size * 2);
    this.#used = [0];
    const indexes = new Uint32Array(rows);
    for (let i = 0; i < rows; i++) {
      const id = ids[i]!;
      if (id === 0) continue;
      let local = this.#local[id]!;
      if (local === 0) {
        local = this.#used.length;
        this.#local[id] = local;
        this.#used.push(id);
      }
      indexes[i] = local;
    }
    return indexes;
  }

  #keys(head: ByteWriter, rows: number): void {
    const width = this.#width();
    head.uint64(ownKeys | (width === 1 ? 0 : width === 2 ? 1 : 2));
    head.uint64(this.#used.length);
    head.varint(0);
    for (let i = 1; i < this.#used.length; i++) {
      const text = this.#texts.bytes(this.#used[i]!);
      head.string(text, 0, text.length);
    }
    head.uint64(rows);
  }

  #width(): 1 | 2 | 4 {
    const n = this.#used.length;
    return n <= 256 ? 1 : n <= 65536 ? 2 : 4;
  }

  #narrow(indexes: Uint32Array, rows: number): Uint8Array {
    const width = this.#width();
    if (width === 4) return bytesOf(indexes, rows);
    const out = width === 1 ? new Uint8Array(rows) : new Uint16Array(rows);
    for (let i = 0; i < rows; i++) out[i] = indexes[i]!;
    return new Uint8Array(out.buffer);
  }
}
