import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Room } from '../../../schemas/codec.ts';
import { BusError, type BusWriter } from '../bus.ts';
import { encodeBlock, encodeHead } from './container.ts';
import { wholeLength } from './whole-length.ts';

/** Opens `<dir>/<room>.avro` for appending, made if it is not there; a torn tail of an earlier writer is cut off. */
export function openLogWriter(dir: string, room: Room): BusWriter {
  mkdirSync(dir, { recursive: true });
  return new LogWriter(join(dir, `${room}.avro`), room);
}

class LogWriter implements BusWriter {
  readonly crowded = false;
  readonly #path: string;
  readonly #fd: number;
  readonly #sync: Buffer;
  #end: number;

  constructor(path: string, room: Room) {
    const { head, sync } = encodeHead(room);
    this.#path = path;
    this.#sync = sync;
    this.#fd = openSync(path, 'a+', 0o600);
    this.#end = this.#cutTornTail(head);
    if (this.#end === 0) this.#write(head);
  }

  append(records: Buffer, count: number): void {
    this.#write(encodeBlock(records, count, this.#sync));
  }

  async room(): Promise<void> {}

  /** What a write call has taken, the kernel has. */
  async durable(): Promise<void> {}

  async sync(): Promise<void> {
    fdatasyncSync(this.#fd);
  }

  async close(): Promise<void> {
    closeSync(this.#fd);
  }

  /** Writes all or nothing: what a full disk took only in part is cut off again, so that readers never meet it. */
  #write(bytes: Buffer): void {
    let done = 0;
    try {
      while (done < bytes.length) done += writeSync(this.#fd, bytes, done);
      this.#end += bytes.length;
    } catch (error) {
      ftruncateSync(this.#fd, this.#end);
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'ENOSPC' || code === 'EDQUOT')
        throw new BusError(
          'E_BUS_FULL',
          this.#path,
          `The disk is full: ${this.#path} cannot grow. Free some space, or run from another folder.`,
        );
      throw new BusError('E_BUS_IO', this.#path, `The bus file ${this.#path} cannot be written: ${message}.`);
    }
  }

  #cutTornTail(head: Buffer): number {
    const size = fstatSync(this.#fd).size;
    const read = (at: number, length: number): Buffer => {
      const buf = Buffer.alloc(length);
      return buf.subarray(0, readSync(this.#fd, buf, 0, length, at));
    };
    const whole = wholeLength(read, size, head, this.#sync);
    if (whole === null) throw new BusError('E_BUS_CORRUPT', this.#path, `${this.#path} is not a bus file of this version. Move it away.`);
    if (whole < size) ftruncateSync(this.#fd, whole);
    return whole;
  }
}
