/** Bytes that grow. Cheap to reuse: `clear` keeps the memory. */
export class ByteWriter {
  bytes: Buffer;
  length = 0;

  constructor(capacity = 1024) {
    this.bytes = Buffer.allocUnsafe(capacity);
  }

  clear(): void {
    this.length = 0;
  }

  /** Makes room for `more` bytes behind what is written. */
  reserve(more: number): void {
    if (this.length + more <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + more));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }

  /** An unsigned LEB128 number below 2^32. */
  varint(value: number): void {
    this.reserve(5);
    let rest = value;
    while (rest > 127) {
      this.bytes[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** `source[from, to)`, as it is. */
  append(source: Uint8Array, from: number, to: number): void {
    const n = to - from;
    this.reserve(n);
    if (n < 48) {
      let at = this.length;
      for (let i = from; i < to; i++) this.bytes[at++] = source[i]!;
    } else {
      this.bytes.set(source.subarray(from, to), this.length);
    }
    this.length += n;
  }

  /** A ClickHouse String: its length, then its bytes. */
  string(source: Uint8Array, from: number, to: number): void {
    this.varint(to - from);
    this.append(source, from, to);
  }

  /** An unsigned 64-bit number, little-endian, below 2^53. */
  uint64(value: number): void {
    this.reserve(8);
    this.bytes.writeUInt32LE(value % 4294967296, this.length);
    this.bytes.writeUInt32LE(Math.floor(value / 4294967296), this.length + 4);
    this.length += 8;
  }

  /** What is written; valid until the next change. */
  view(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
