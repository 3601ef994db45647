import { schemaText, type Room } from '../../../schemas/codec.ts';
import { decodeLong } from '../log/container.ts';

interface Field { readonly name: string; readonly type: string | readonly [string, string] }

/** Records of one test, back to back. */
export interface TestRecords {
  readonly test: string;
  readonly count: number;
  readonly records: Buffer;
}

const isLong = 0;
const isText = 1;

/** Cuts the blocks of a room where the test changes, or where a piece has `limit_bytes`. It runs for each event: no object a record. */
export class TestSplitter {
  readonly #kinds: Uint8Array;
  readonly #nullable: Uint8Array;
  readonly #testField: number;
  readonly #limit_bytes: number;
  /** Where the record that was walked through last ends, and where its test stands. */
  #end = 0;
  #testFrom = 0;
  #testTo = 0;

  constructor(room: Room, limit_bytes: number) {
    const { fields } = JSON.parse(schemaText(room)) as { fields: readonly Field[] };
    this.#kinds = Uint8Array.from(fields, ({ type }) => ((typeof type === 'string' ? type : type[1]) === 'string' ? isText : isLong));
    this.#nullable = Uint8Array.from(fields, ({ type }) => (typeof type === 'string' ? 0 : 1));
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
      const same = records.compare(records, currentFrom, currentTo, this.#testFrom, this.#testTo) === 0;
      if (!same || at - from >= this.#limit_bytes) cut(at);
      currentFrom = this.#testFrom;
      currentTo = this.#testTo;
      count++;
    }
    cut(records.length);
    return out;
  }

  #walk(bytes: Buffer, start: number): void {
    let at = start;
    for (let f = 0; f < this.#kinds.length; f++) {
      if (this.#nullable[f] === 1 && bytes[at++] === 0) continue;
      if (this.#kinds[f] === isLong) {
        while (bytes[at++]! > 127);
        continue;
      }
      let length = bytes[at]! >> 1;
      if (bytes[at]! < 128) at++;
      else ({ value: length, end: at } = decodeLong(bytes, at)!);
      if (f === this.#testField) {
        this.#testFrom = at;
        this.#testTo = at + length;
      }
      at += length;
    }
    this.#end = at;
  }
}
