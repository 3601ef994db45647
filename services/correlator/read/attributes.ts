import type { Room } from '../../../schemas/codec.ts';
import { longAttributes, stringAttributes, textAttributes, type Attributes } from '../../store/attribute-columns.ts';
import type { RecordReader } from './record-reader.ts';

/** Rooms whose events have attributes beyond those of calls. */
export function attributesIn(room: Room): boolean {
  return room === 'wal' || room === 'topic';
}

/** Takes the attributes of databases and topics from the record that the reader stands at. */
export class AttributeReader {
  readonly #reader: RecordReader;
  readonly #texts: ReadonlyArray<readonly [(typeof textAttributes)[number], number]>;
  readonly #strings: ReadonlyArray<readonly [(typeof stringAttributes)[number], number]>;
  readonly #longs: ReadonlyArray<readonly [(typeof longAttributes)[number], number]>;

  constructor(reader: RecordReader) {
    const fields = <N extends string>(names: readonly N[]) => names.filter((n) => reader.has(n)).map((n) => [n, reader.field(n)] as const);
    this.#reader = reader;
    this.#texts = fields(textAttributes);
    this.#strings = fields(stringAttributes);
    this.#longs = fields(longAttributes);
  }

  read(): Attributes {
    const { ids, numbers, present, from } = this.#reader;
    const out: Attributes = {};
    for (const [name, field] of this.#texts) if (ids[field] !== 0) out[name] = ids[field]!;
    for (const [name, field] of this.#strings) if (from[field]! >= 0) out[name] = this.#reader.rawText(field);
    for (const [name, field] of this.#longs) if (present[field] === 1) out[name] = numbers[field]!;
    return out;
  }
}
