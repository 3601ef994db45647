/**
 * ClickHouse's Native format: a block is the number of columns, the number of rows, then for each column its name, its type and its
 * values (https://clickhouse.com/docs/interfaces/formats/Native; the values are those of the server's binary column serialization).
 */
import { ByteWriter } from './byte-writer.ts';

/** One column of a block; `parts` are its values, back to back. */
export interface NativeColumn {
  readonly name: string;
  readonly type: string;
  readonly parts: readonly Uint8Array[];
}

/** The bytes of a typed array's first `count` elements. */
export function bytesOf(array: Uint8Array | Int32Array | Uint32Array | Float64Array, count: number): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, count * array.BYTES_PER_ELEMENT);
}

/** A whole block. Columns of the table that are left out take their defaults. */
export function nativeBlock(rows: number, columns: readonly NativeColumn[]): Buffer {
  const out = new ByteWriter(columns.reduce((sum, c) => sum + c.parts.reduce((n, p) => n + p.length, 64), 16));
  const text = (s: string) => {
    const bytes = Buffer.from(s);
    out.string(bytes, 0, bytes.length);
  };
  out.varint(columns.length);
  out.varint(rows);
  for (const column of columns) {
    text(column.name);
    text(column.type);
    for (const part of column.parts) out.append(part, 0, part.length);
  }
  return out.view();
}
