/** A record of a batch. */
export interface KafkaRecord {
  readonly offset: number;
  readonly timestamp_ms: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In their order; a name may come more than once. */
  readonly headers: ReadonlyArray<readonly [string, Buffer | null]>;
}

/** What the records of a batch count from; `appended_ms`: when the broker appended it, where that is their time, else null. */
export interface RecordBase {
  readonly offset: number;
  readonly timestamp_ms: number;
  readonly appended_ms: number | null;
}

/**
 * The records of a batch that is no longer compressed (https://kafka.apache.org/documentation/#record). kafkajs makes an object of the headers,
 * in which their order is lost, and names that every object has are taken for others. Throws where the bytes end too early.
 */
export function readRecords(bytes: Buffer, count: number, { offset, timestamp_ms, appended_ms }: RecordBase): KafkaRecord[] {
  const at = new RecordCursor(bytes);
  return Array.from({ length: count }, () => {
    at.varint();
    at.take(1);
    const time_ms = timestamp_ms + at.varint();
    const own = { offset: offset + at.varint(), timestamp_ms: appended_ms ?? time_ms, key: at.bytes(), value: at.bytes() };
    return { ...own, headers: Array.from({ length: at.varint() }, () => [at.bytes()?.toString('utf8') ?? '', at.bytes()] as const) };
  });
}

class RecordCursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** In zigzag encoding: https://protobuf.dev/programming-guides/encoding/#signed-ints. */
  varint(): number {
    let [value, weight] = [0, 1];
    for (;;) {
      const byte = this.take(1)[0]!;
      value += (byte & 127) * weight;
      weight *= 128;
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    }
  }

  /** Behind their length, which is -1 for none. */
  bytes(): Buffer | null {
    const length = this.varint();
    return length < 0 ? null : this.take(length);
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('a record is cut off');
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }
}
