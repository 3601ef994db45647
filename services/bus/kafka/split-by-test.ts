import { schemaText, type Room } from '../../../schemas/codec.ts';
import { decodeLong } from '../log/container.ts';

interface Field {
  readonly name: string;
  readonly type: string | readonly [string, string];
}

/** Records of one test, back to back. */
export interface TestRecords {
  readonly test: string;
  readonly count: number;
  readonly records: Buffer;
}

/** What a field is, as bits. */
const [text, nullable] = [1, 2];

/** Cuts the blocks of a room where the test changes, or where a piece has `limit_bytes`. It runs for each event: no object a record. */
export class TestSplitter {
  readonly #kinds: Uint8Array;
  readonly #testField: number;
  readonly #limit_bytes: number;
  /** Where the record that was walked through last ends, and where its test stands. */
  #end = 0;
  #testFrom = 0;
  #testTo = 0;

  constructor(room: Room, limit_bytes: number) {
    const { fields } = JSON.parse(schemaText(room)) as { fields: readonly Field[] };
    this.#kinds = Uint8Array.from(fields, ({ type }) => {
      const [of, may] = typeof type === 'string' ? [type, 0] : [type[1], nullable];
      return may | (of === 'string' ? text : 0);
    });
    this.#testField = fields.findIndex((f) => f.name === 'test');
    this.#limit_bytes = limit_bytes;
  }

  split(records: Buffer): TestRecords[] {
    const out: TestRecords[] = [];
    let from = 0;
    let count = 0;
    let [currentFrom, currentTo] = [0, 0];
    const cut = (to: number) => {
      if (count > 0) out.push({ test: records.toString('utf8', currentFrom, currentTo), count, records: records.subarray(from, to) });
      from = to;
      count = 0;
    };
    for (let at = 0; at < records.length; at = this.#end) {
      this.#walk(records, at);
      if (!this.#sameTest(records, currentFrom, currentTo) || at - from >= this.#limit_bytes) cut(at);
      currentFrom = this.#testFrom;
      currentTo = this.#testTo;
      count++;
    }
    cut(records.length);
    return out;
  }

  /** Whether the record that was walked through last is of the test that stands there. A call into the runtime costs more than this. */
  #sameTest(bytes: Buffer, from: number, to: number): boolean {
    const shift = this.#testFrom - from;
    if (this.#testTo - shift !== to) return false;
    for (let at = from; at < to; at++) if (bytes[at] !== bytes[at + shift]) return false;
    return true;
  }

  #walk(bytes: Buffer, start: number): void {
    const kinds = this.#kinds;
    const testField = this.#testField;
    let at = start;
    for (let f = 0; f < kinds.length; f++) {
      const kind = kinds[f]!;
      if ((kind & nullable) !== 0 && bytes[at++] === 0) continue;
      if ((kind & text) === 0) {
        while (bytes[at++]! > 127);
        continue;
      }
      let length = bytes[at]!;
      if (length < 128) {
        length >>= 1;
        at++;
      } else ({ value: length, end: at } = decodeLong(bytes, at)!);
      if (f === testField) {
        this.#testFrom = at;
        this.#testTo = at + length;
      }
      at += length;
    }
    this.#end = at;
  }
}
