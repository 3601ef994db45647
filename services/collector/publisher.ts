import { encodeRecord, record, type RecordOf, type Room } from '../../schemas/codec.ts';
import type { AvroLong } from '../../schemas/generated/records.ts';
import type { BusWriter } from '../bus/bus.ts';

/** What names a source: (run, test, source) and its service. */
export interface SourceName {
  readonly run: string;
  readonly test: string;
  readonly source: string;
  readonly service: string;
}

const flushBytes = 256 << 10;

/** Gathers records of one room into blocks and appends them to the bus. */
export class Publisher<R extends Room> {
  readonly #room: R;
  readonly #bus: BusWriter;
  #parts: Buffer[] = [];
  #bytes = 0;

  constructor(room: R, bus: BusWriter) {
    this.#room = room;
    this.#bus = bus;
  }

  /** Adds one record; the block goes out when it is full or at `flush`. */
  publish(name: SourceName, position: AvroLong, type: string, at_ns: AvroLong, fields: Partial<RecordOf[R]>): void {
    const bytes = encodeRecord(this.#room, record(this.#room, { ...fields, ...name, position, type, at_ns }));
    this.#parts.push(bytes);
    this.#bytes += bytes.length;
    if (this.#bytes >= flushBytes) this.flush();
  }

  /** Hands what is gathered to the bus. */
  flush(): void {
    if (this.#parts.length === 0) return;
    this.#bus.append(Buffer.concat(this.#parts), this.#parts.length);
    this.#parts = [];
    this.#bytes = 0;
  }

  /** Whether a source that can wait should do so until `room` settles. */
  get crowded(): boolean {
    return this.#bus.crowded;
  }

  /** Settles when there is room for more. Rejects with `BusError`. */
  room(): Promise<void> {
    return this.#bus.room();
  }

  /** Settles when everything that was published survives this process. */
  async durable(): Promise<void> {
    this.flush();
    await this.#bus.durable();
  }

  /** Settles when everything that was published survives the loss of power. */
  async sync(): Promise<void> {
    this.flush();
    await this.#bus.sync();
  }

  async close(): Promise<void> {
    await this.sync();
    await this.#bus.close();
  }
}
