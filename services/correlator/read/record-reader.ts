import { schemaText, type Room } from '../../../schemas/codec.ts';
import type { TextTable } from '../../store/texts.ts';

interface AvroField {
  readonly name: string;
  readonly type: string | readonly [string, string];
}

const raw = new Set(['data', 'reason', 'lsn', 'key', 'headers']);
const isText = 0;
const isLong = 1;
const isRaw = 2;

/**
 * Walks through the Avro records of a block of one room without making objects. After `next`, field number `f` (see `field`) is
 * - a text: `ids[f]`, its number in the text table, 0 for null;
 * - an integer: `low[f]` and `high[f]`, its 32-bit halves, and `numbers[f]`, exact below 2^53; `present[f]` is 0 for null;
 * - `data`, `reason` and other texts that seldom repeat: `bytes[from[f], to[f])`, `from` is -1 for null.
 */
export class RecordReader {
  readonly ids: Int32Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly numbers: Float64Array;
  readonly present: Uint8Array;
  readonly from: Int32Array;
  readonly to: Int32Array;
  bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  readonly #texts: TextTable;
  readonly #names: readonly string[];
  readonly #kinds: Uint8Array;
  readonly #nullable: Uint8Array;
  readonly #spare: number;
  /** The last text of each field: most records repeat it. */
  readonly #last: Int32Array;

  constructor(room: Room, texts: TextTable) {
    this.#texts = texts;
    const { fields } = JSON.parse(schemaText(room)) as { fields: readonly AvroField[] };
    const plain = (f: AvroField): string => (typeof f.type === 'string' ? f.type : f.type[1]);
    this.#names = fields.map((f) => f.name);
    this.#kinds = Uint8Array.from(fields, (f) => (plain(f) !== 'string' ? isLong : raw.has(f.name) ? isRaw : isText));
    this.#nullable = Uint8Array.from(fields, (f) => (typeof f.type === 'string' ? 0 : 1));
    const n = fields.length + 1;
    this.#spare = fields.length;
    this.#last = new Int32Array(n);
    this.ids = new Int32Array(n);
    this.low = new Int32Array(n);
    this.high = new Int32Array(n);
    this.numbers = new Float64Array(n);
    this.present = new Uint8Array(n);
    this.from = new Int32Array(n);
    this.to = new Int32Array(n);
  }

  has(name: string): boolean {
    return this.#names.includes(name);
  }

  /** The number of a field; a name that the room lacks is an error. */
  field(name: string): number {
    const f = this.#names.indexOf(name);
    if (f < 0) throw new RangeError(`no field ${name}`);
    return f;
  }

  /** Begins with another block. */
  start(records: Uint8Array): void {
    this.bytes = records;
    this.#at = 0;
  }

  /** Takes the next record. False at the end of the block. */
  next(): boolean {
    const { bytes, ids, present, from, to } = this;
    if (this.#at >= bytes.length) return false;
    const kinds = this.#kinds;
    const nullable = this.#nullable;
    for (let f = 0; f < kinds.length; f++) {
      const kind = kinds[f]!;
      if (nullable[f] === 1 && bytes[this.#at++] === 0) {
        if (kind === isText) ids[f] = 0;
        else if (kind === isLong) present[f] = 0;
        else from[f] = -1;
        continue;
      }
      if (kind === isLong) {
        present[f] = 1;
        this.#long(f);
        continue;
      }
      const length = this.#length();
      const start = this.#at;
      this.#at = start + length;
      if (this.#at > bytes.length) throw new RangeError('a record ends behind its block');
      if (kind === isText) {
        ids[f] = this.#texts.internLike(this.#last[f]!, bytes, start, this.#at);
        this.#last[f] = ids[f]!;
      } else {
        from[f] = start;
        to[f] = this.#at;
      }
    }
    return true;
  }

  text(f: number): string {
    return this.#texts.text(this.ids[f]!);
  }

  /** A text of the last kind, empty for null. */
  rawText(f: number): string {
    const from = this.from[f]!;
    return from < 0 ? '' : Buffer.from(this.bytes.buffer, this.bytes.byteOffset + from, this.to[f]! - from).toString('utf8');
  }

  #length(): number {
    const first = this.bytes[this.#at]!;
    if (first < 128) {
      this.#at++;
      return first >> 1;
    }
    this.#long(this.#spare);
    return this.numbers[this.#spare]!;
  }

  /** A zigzag varint of at most ten bytes, in pieces of 28 bits. */
  #long(f: number): void {
    const { bytes } = this;
    let at = this.#at;
    let byte = bytes[at++]!;
    let a = byte & 127;
    let b = 0;
    let c = 0;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++]!;
      const bits = byte & 127;
      if (shift < 28) a |= bits << shift;
      else if (shift < 56) b |= bits << (shift - 28);
      else c |= bits << (shift - 56);
    }
    this.#at = at;
    const lowBits = a | (b << 28);
    const highBits = (b >>> 4) | (c << 24);
    const sign = -(lowBits & 1);
    const low = ((lowBits >>> 1) | (highBits << 31)) ^ sign;
    const high = (highBits >>> 1) ^ sign;
    this.low[f] = low;
    this.high[f] = high;
    this.numbers[f] = high * 4294967296 + (low >>> 0);
  }
}
