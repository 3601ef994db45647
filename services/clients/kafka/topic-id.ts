/** The version of Metadata that first tells ids alone with what we ask (https://kafka.apache.org/protocol#The_Messages_Metadata): Kafka 2.8. */
export const topicIdVersion = 11;
const metadata = 3;
const [idBytes, noTags] = [16, 0];

/** A request for the id of a topic, as kafkajs sends it. Flexible versions have tags behind the header, which kafkajs leaves out. */
export function topicIdRequest(topic: string): unknown {
  const name = Buffer.from(topic);
  const [oneTopic, makesTopics, permissions] = [2, 0, 0];
  const bytes = Buffer.concat([
    Buffer.from([noTags, oneTopic]),
    Buffer.alloc(idBytes),
    unsignedVarint(name.length + 1),
    name,
    Buffer.from([noTags, makesTopics, permissions, noTags]),
  ]);
  return { apiKey: metadata, apiVersion: topicIdVersion, apiName: 'Metadata', encode: async () => ({ buf: bytes, buffer: bytes }) };
}

/** The id in an answer, in hexadecimal; empty when there is no such topic. */
export function readTopicId(raw: Buffer): string {
  const at = new Cursor(raw);
  at.skip(1 + 4);
  for (let brokers = at.compactLength(); brokers > 0; brokers--) {
    at.skip(4);
    at.skip(at.compactLength());
    at.skip(4);
    at.skip(at.compactLength());
    at.skip(1);
  }
  at.skip(at.compactLength());
  at.skip(4);
  if (at.compactLength() !== 1) return '';
  const error = at.take(2).readInt16BE();
  at.skip(at.compactLength());
  return error === 0 ? at.take(idBytes).toString('hex') : '';
}

class Cursor {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skip(bytes: number): void {
    this.#at += bytes;
  }

  take(bytes: number): Buffer {
    return this.#bytes.subarray(this.#at, (this.#at += bytes));
  }

  /** Of a compact string or array, which is its length + 1 as a varint, 0 for none. */
  compactLength(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return Math.max(0, value - 1);
    }
  }
}

function unsignedVarint(value: number): Buffer {
  return value < 128 ? Buffer.from([value]) : Buffer.from([(value & 127) | 128, value >> 7]);
}
