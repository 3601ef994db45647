import { schemaText, type Room } from '../../../schemas/codec.ts';
import { decodeLong } from '../log/container.ts';

interface Field { readonly name: string; readonly type: string | readonly [string, string] }

/** Records of one test, back to back. */
export interface TestRecords {
  readonly test: string;
  readonly count: number;
  readonly records: Buffer;
}

/** What stands before a value: nothing, or the branch of a union with null. */
interface Step { readonly nullable: boolean; readonly text: boolean }

/** Cuts the blocks of a room where the test changes, or where a piece has `limit_bytes`. */
export class TestSplitter {
  readonly #steps: readonly Step[];
  readonly #testField: number;
  readonly #limit_bytes: number;

  constructor(room: Room, limit_bytes: number) {
    const { fields } = JSON.parse(schemaText(room)) as { fields: readonly Field[] };
    this.#steps = fields.map(({ type }) => ({ nullable: typeof type !== 'string', text: (typeof type === 'string' ? type : type[1]) === 'string' }));
    this.#testField = fields.findIndex((f) => f.name === 'test');
    this.#limit_bytes = limit_bytes;
  }

  split(records: Buffer): TestRecords[] {
    const out: TestRecords[] = [];
    let from = 0;
    let count = 0;
    let current: Buffer | null = null;
    const cut = (to: number) => {
      if (current !== null && count > 0) out.push({ test: current.toString(), count, records: records.subarray(from, to) });
      from = to;
      count = 0;
    };
    for (let at = 0; at < records.length; ) {
      const { end, test } = this.#walk(records, at);
      if (current === null || !test.equals(current) || at - from >= this.#limit_bytes) cut(at);
      current = test;
      count++;
      at = end;
    }
    cut(records.length);
    return out;
  }

  /** Where the record at `at` ends, and its test. */
  #walk(bytes: Buffer, at: number): { end: number; test: Buffer } {
    let test = bytes.subarray(0, 0);
    for (let f = 0; f < this.#steps.length; f++) {
      const { nullable, text } = this.#steps[f]!;
      if (nullable && bytes[at++] === 0) continue;
      if (!text) {
        while (bytes[at++]! > 127);
        continue;
      }
      const length = decodeLong(bytes, at)!;
      if (f === this.#testField) test = bytes.subarray(length.end, length.end + length.value);
      at = length.end + length.value;
    }
    return { end: at, test };
  }
}
