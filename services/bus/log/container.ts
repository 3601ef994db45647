/**
 * The file format of the embedded bus: Avro object container files, codec `zstandard`, so that ClickHouse, DuckDB, Spark and
 * avro-tools read them as they lie (https://avro.apache.org/docs/1.12.0/specification/#object-container-files).
 *
 *   file  = "Obj" 1 · metadata map · 16-byte sync marker · block*
 *   block = count (long) · length (long) · zstd frame with checksum · sync marker
 *
 * Invariants: one writer a file; a block is written by one write call, so a process that dies leaves whole blocks and at most
 * one torn tail, which the next writer cuts off. A reader never passes a block whose last byte, its sync marker, is not there.
 */
import { createHash } from 'node:crypto';
import { constants, zstdCompressSync } from 'node:zlib';
import { schemaText, type Room } from '../../../schemas/codec.ts';

export const magic = Buffer.from([0x4f, 0x62, 0x6a, 0x01]);
export const syncLength = 16;

/** Zigzag varint, Avro's `long`, for values below 2^53. */
export function encodeLong(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

/** A long at `at`, or null where the bytes end inside it. */
export function decodeLong(buf: Buffer, at: number): { value: number; end: number } | null {
  let value = 0;
  let scale = 1;
  for (let i = at; i < buf.length && i < at + 9; i++) {
    const byte = buf[i]!;
    value += (byte & 127) * scale;
    if (byte < 128) return { value: value % 2 === 0 ? value / 2 : -(value + 1) / 2, end: i + 1 };
    scale *= 128;
  }
  return null;
}

const sized = (bytes: Buffer): Buffer => Buffer.concat([encodeLong(bytes.length), bytes]);

/** Head of a file, the same bytes for the same room: the marker is the schema's hash. */
export function encodeHead(room: Room): { head: Buffer; sync: Buffer } {
  const schema = Buffer.from(JSON.stringify(JSON.parse(schemaText(room))));
  const sync = markerOf(schema);
  const entry = (key: string, value: Buffer) => Buffer.concat([sized(Buffer.from(key)), sized(value)]);
  const meta = Buffer.concat([encodeLong(2), entry('avro.schema', schema), entry('avro.codec', Buffer.from('zstandard')), encodeLong(0)]);
  return { head: Buffer.concat([magic, meta, sync]), sync };
}

/** Whether these bytes begin with a whole head as `encodeHead` makes it, of whatever schema. */
export function beginsWithHead(bytes: Buffer): boolean {
  const key = Buffer.concat([magic, encodeLong(2), sized(Buffer.from('avro.schema'))]);
  const length = bytes.subarray(0, key.length).equals(key) ? decodeLong(bytes, key.length) : null;
  if (!length || length.value < 0) return false;
  const schema = bytes.subarray(length.end, length.end + length.value);
  return bytes.indexOf(Buffer.concat([encodeLong(0), markerOf(schema)]), length.end + length.value) >= 0;
}

/** What stands behind each block of a file with this schema. */
export function markerOf(schema: Buffer): Buffer {
  return createHash('sha256').update(schema).digest().subarray(0, syncLength);
}

const zstdParams = { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 1 };

/** One block, ready to be written by a single call. */
export function encodeBlock(records: Buffer, count: number, sync: Buffer): Buffer {
  const packed = zstdCompressSync(records, { params: zstdParams });
  return Buffer.concat([encodeLong(count), encodeLong(packed.length), packed, sync]);
}
