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
/** Events that come one by one do not each go out as a block of their own more often than this. */
const flushEvery_ms = 5;

/** Gathers records of one room into blocks and appends them to the bus. */
export class Publisher<R extends Room> {
  readonly #room: R;
  readonly #bus: BusWriter;
  #parts: Buffer[] = [];
  #bytes = 0;
  #flushed_ms = -Infinity;
  #due = false;

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
    this.#flushed_ms = performance.now();
  }

  /** Hands what is gathered to the bus at the end of this turn, or, where something went out just now, with what comes meanwhile. */
  flushSoon(): void {
    if (this.#due) return;
    this.#due = true;
    const flush = (): void => {
      this.#due = false;
      this.flush();
    };
    const wait_ms = this.#flushed_ms + flushEvery_ms - performance.now();
    if (wait_ms > 0) setTimeout(flush, wait_ms);
    else setImmediate(flush);
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
