import { bytesOf, type NativeColumn } from './native/block.ts';
import { ByteWriter } from './native/byte-writer.ts';
import type { DictionaryEncoder } from './native/dictionary.ts';

/** Attributes with few values: numbers of the text table. */
export const textAttributes = ['table', 'action', 'topic'] as const;
/** Attributes whose values seldom repeat. */
export const stringAttributes = ['lsn', 'key', 'headers'] as const;
export const longAttributes = ['xid', 'offset', 'timestamp_ms', 'partition'] as const;

/** What an event of a database or topic has beside the columns of calls; what does not apply is not there. Longs are below 2^53. */
export type Attributes = {
  -readonly [K in (typeof textAttributes)[number] | (typeof longAttributes)[number]]?: number;
} & { -readonly [K in (typeof stringAttributes)[number]]?: string };

/** These attributes of the rows of a block. Rows without any cost nothing. */
export class AttributeColumns {
  readonly #rows: Array<readonly [row: number, attributes: Attributes]> = [];

  set(row: number, attributes: Attributes): void {
    this.#rows.push([row, attributes]);
  }

  clear(): void {
    this.#rows.length = 0;
  }

  /** The columns in Native format; those that are NULL in every row are left out. */
  columns(rows: number, dictionary: DictionaryEncoder): Array<NativeColumn | null> {
    if (this.#rows.length === 0) return [];
    return [
      ...textAttributes.map((name) => this.#texts(name, rows, dictionary)),
      ...stringAttributes.map((name) => this.#strings(name, rows)),
      ...longAttributes.map((name) => this.#longs(name, rows)),
    ];
  }

  #texts(name: (typeof textAttributes)[number], rows: number, dictionary: DictionaryEncoder): NativeColumn | null {
    const ids = new Int32Array(rows);
    for (const [row, attributes] of this.#rows) ids[row] = attributes[name] ?? 0;
    return dictionary.column(name, ids, rows, true);
  }

  #strings(name: (typeof stringAttributes)[number], rows: number): NativeColumn | null {
    const given = this.#rows.filter(([, attributes]) => attributes[name] !== undefined);
    if (given.length === 0) return null;
    const nulls = new Uint8Array(rows).fill(1);
    const bytes = new ByteWriter(rows * 8);
    let next = 0;
    for (const [row, attributes] of given) {
      for (; next < row; next++) bytes.varint(0);
      const text = Buffer.from(attributes[name]!, 'utf8');
      bytes.string(text, 0, text.length);
      nulls[row] = 0;
      next = row + 1;
    }
    for (; next < rows; next++) bytes.varint(0);
    return { name, type: 'Nullable(String)', parts: [nulls, bytes.view()] };
  }

  #longs(name: (typeof longAttributes)[number], rows: number): NativeColumn | null {
    const given = this.#rows.filter(([, attributes]) => attributes[name] !== undefined);
    if (given.length === 0) return null;
    const nulls = new Uint8Array(rows).fill(1);
    const small = name === 'partition';
    const values = small ? new Int32Array(rows) : new BigInt64Array(rows);
    for (const [row, attributes] of given) {
      nulls[row] = 0;
      if (small) values[row] = attributes[name]!;
      else values[row] = BigInt(attributes[name]!);
    }
    const bytes = small ? bytesOf(values as Int32Array, rows) : new Uint8Array(values.buffer);
    return { name, type: small ? 'Nullable(Int32)' : 'Nullable(Int64)', parts: [nulls, bytes] };
  }
}
