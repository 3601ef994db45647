import { AttributeColumns } from './attribute-columns.ts';
import { bytesOf, nativeBlock, type NativeColumn } from './native/block.ts';
import { ByteWriter } from './native/byte-writer.ts';
import { DictionaryEncoder } from './native/dictionary.ts';
import type { TextTable } from './texts.ts';

/** The most events of a block. */
export const blockRows = 65_536;

// prettier-ignore
const textColumns = [
  'syscall', 'path', 'peer', 'errno', 'decision', 'label', 'local', 'remote', 'data_level', 'data_op', 'data_table', 'data_action', 'data_event',
] as const;
const longColumns = ['size', 'ret', 'duration_ns'] as const;
const intColumns = ['fd', 'pid', 'tid'] as const;
type TextColumn = (typeof textColumns)[number];
type LongColumn = (typeof longColumns)[number];
type IntColumn = (typeof intColumns)[number];

function record<K extends string, V>(keys: readonly K[], make: () => V): Record<K, V> {
  return Object.fromEntries(keys.map((k) => [k, make()])) as Record<K, V>;
}

/** A 64-bit column that may be NULL: two 32-bit words a row, low word first, and a flag that is 1 for NULL. */
export class NullableLongs {
  readonly words = new Int32Array(blockRows * 2);
  readonly nulls = new Uint8Array(blockRows);
}
class NullableInts {
  readonly values = new Int32Array(blockRows);
  readonly nulls = new Uint8Array(blockRows);
}
class NullableStrings {
  readonly bytes = new ByteWriter(1 << 12);
  readonly nulls = new Uint8Array(blockRows);
  some = false;
}

/**
 * Events of one test on their way into the table `events`, as columns. The caller fills row `rows` of every column and then counts
 * `rows` up; `encode` gives the block's bytes and `clear` makes it empty again. Texts are numbers of the given table, 0 is NULL.
 */
export class EventBlock {
  rows = 0;
  /** `seq` of the first row; the others follow without holes. */
  firstSeq = 0;
  readonly type = new Int32Array(blockRows);
  readonly service = new Int32Array(blockRows);
  readonly source = new Int32Array(blockRows);
  readonly at = new Int32Array(blockRows * 2);
  readonly position = new Int32Array(blockRows * 2);
  readonly text = record(textColumns, () => new Int32Array(blockRows)) satisfies Record<TextColumn, Int32Array>;
  readonly long = record(longColumns, () => new NullableLongs()) satisfies Record<LongColumn, NullableLongs>;
  readonly int = record(intColumns, () => new NullableInts()) satisfies Record<IntColumn, NullableInts>;
  readonly target = new NullableStrings();
  readonly message = new NullableStrings();
  /** Columns that only events of databases and topics have. */
  readonly attributes = new AttributeColumns();
  /** One String a row. */
  readonly data = new ByteWriter(1 << 16);
  readonly jsonOk = new Uint8Array(blockRows);
  readonly lane = new Uint32Array(blockRows);
  readonly #clockEnds = new Uint32Array(blockRows * 2);
  readonly #causeEnds = new Uint32Array(blockRows * 2);
  #clockServices: number[] = [];
  #clockValues: number[] = [];
  #causeRules: number[] = [];
  #causeSeqs: number[] = [];
  #causeCertain: number[] = [];
  readonly #dictionary: DictionaryEncoder;

  constructor(texts: TextTable) {
    this.#dictionary = new DictionaryEncoder(texts);
  }

  /** Adds an entry of another lane to the clock of the row in work. */
  addClock(service: number, value: number): void {
    this.#clockServices.push(service);
    this.#clockValues.push(value);
  }

  /** Adds an edge that leads to the row in work. */
  addCause(rule: number, seq: number, certain: boolean): void {
    this.#causeRules.push(rule);
    this.#causeSeqs.push(seq);
    this.#causeCertain.push(certain ? 1 : 0);
  }

  /** Sets `target` or `data.msg` of the row in work; null for NULL. */
  setString(column: 'target' | 'message', value: Uint8Array | null): void {
    const { bytes, nulls } = this[column];
    nulls[this.rows] = value === null ? 1 : 0;
    if (value === null) bytes.varint(0);
    else {
      bytes.string(value, 0, value.length);
      this[column].some = true;
    }
  }

  /** Ends the row in work. */
  endRow(): void {
    this.#clockEnds[this.rows * 2] = this.#clockServices.length;
    this.#causeEnds[this.rows * 2] = this.#causeRules.length;
    this.rows++;
  }

  clear(): void {
    this.rows = 0;
    this.data.clear();
    this.attributes.clear();
    for (const column of [this.target, this.message]) {
      column.bytes.clear();
      column.some = false;
    }
    this.#clockServices = [];
    this.#clockValues = [];
    this.#causeRules = [];
    this.#causeSeqs = [];
    this.#causeCertain = [];
  }

  /** The block in Native format. `run`, `test`: numbers of texts. `day`: days since 1970. */
  encode(run: number, test: number, day: number): Buffer {
    const n = this.rows;
    const all = (id: number) => new Int32Array(n).fill(id);
    const columns: Array<NativeColumn | null> = [
      this.#dictionary.column('run', all(run), n, false),
      this.#dictionary.column('test', all(test), n, false),
      { name: 'seq', type: 'UInt64', parts: [this.#seqs()] },
      { name: 'day', type: 'Date', parts: [new Uint8Array(new Uint16Array(n).fill(day).buffer)] },
      this.#dictionary.column('type', this.type, n, false),
      this.#dictionary.column('service', this.service, n, false),
      this.#dictionary.column('source', this.source, n, false),
      { name: 'at', type: 'Int64', parts: [bytesOf(this.at, n * 2)] },
      { name: 'position', type: 'Int64', parts: [bytesOf(this.position, n * 2)] },
      ...textColumns.map((c) => this.#dictionary.column(c, this.text[c], n, true)),
      ...longColumns.map((c) => nullable(c, 'Nullable(Int64)', this.long[c].nulls, bytesOf(this.long[c].words, n * 2), n)),
      ...intColumns.map((c) => nullable(c, 'Nullable(Int32)', this.int[c].nulls, bytesOf(this.int[c].values, n), n)),
      ...this.attributes.columns(n, this.#dictionary),
      this.#strings('target', this.target),
      this.#strings('data_msg', this.message),
      { name: 'data', type: 'String', parts: [this.data.view()] },
      { name: 'json_ok', type: 'UInt8', parts: [bytesOf(this.jsonOk, n)] },
      { name: 'lane', type: 'UInt32', parts: [bytesOf(this.lane, n)] },
      ...this.#arrays(),
    ];
    return nativeBlock(
      n,
      columns.filter((c) => c !== null),
    );
  }

  #seqs(): Uint8Array {
    const words = new Uint32Array(this.rows * 2);
    for (let i = 0; i < this.rows; i++) {
      const seq = this.firstSeq + i;
      words[i * 2] = seq >>> 0;
      words[i * 2 + 1] = Math.floor(seq / 4294967296);
    }
    return new Uint8Array(words.buffer);
  }

  #strings(name: string, { bytes, nulls, some }: NullableStrings): NativeColumn | null {
    return some ? { name, type: 'Nullable(String)', parts: [bytesOf(nulls, this.rows), bytes.view()] } : null;
  }

  #arrays(): NativeColumn[] {
    const n = this.rows;
    const clockEnds = bytesOf(this.#clockEnds, n * 2);
    const causeEnds = bytesOf(this.#causeEnds, n * 2);
    const list: NativeColumn[] = [];
    if (this.#clockServices.length > 0) {
      const values = new Uint8Array(Uint32Array.from(this.#clockValues).buffer);
      const services = Int32Array.from(this.#clockServices);
      list.push(this.#dictionary.arrays('clock_service', this.#clockEnds, n, services, services.length));
      list.push({ name: 'clock_value', type: 'Array(UInt32)', parts: [clockEnds, values] });
    }
    if (this.#causeRules.length > 0) {
      const seqs = new Uint8Array(BigUint64Array.from(this.#causeSeqs, BigInt).buffer);
      const rules = Int32Array.from(this.#causeRules);
      list.push(this.#dictionary.arrays('cause_rule', this.#causeEnds, n, rules, rules.length));
      list.push({ name: 'cause_seq', type: 'Array(UInt64)', parts: [causeEnds, seqs] });
      list.push({ name: 'cause_certain', type: 'Array(UInt8)', parts: [causeEnds, Uint8Array.from(this.#causeCertain)] });
    }
    return list;
  }
}

function nullable(name: string, type: string, nulls: Uint8Array, values: Uint8Array, rows: number): NativeColumn | null {
  const given = nulls.subarray(0, rows);
  return given.includes(0) ? { name, type, parts: [given, values] } : null;
}
