import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { Room } from '../../../schemas/codec.ts';
import { BusError, type Block, type BusReader } from '../bus.ts';
import { beginsWithHead, decodeLong, encodeHead, syncLength } from './container.ts';

const chunkBytes = 4 << 20;

/** Follows `<dir>/<room>.avro` from its beginning. A file that is not there yet has no blocks. */
export function openLogReader(dir: string, room: Room): BusReader {
  return new LogReader(join(dir, `${room}.avro`), room);
}

class LogReader implements BusReader {
  readonly #path: string;
  readonly #room: Room;
  readonly #head: Buffer;
  readonly #sync: Buffer;
  #fd: number | null = null;
  #readTo = 0;
  #rest: Buffer = Buffer.alloc(0);
  #headSeen = false;
  #damage: BusError | null = null;
  /** Where what was read made no sense once already. */
  #doubted = -1;

  constructor(path: string, room: Room) {
    this.#path = path;
    this.#room = room;
    ({ head: this.#head, sync: this.#sync } = encodeHead(room));
  }

  read(): Block[] {
    const fd = this.#open();
    if (fd === null) return [];
    const blocks: Block[] = [];
    while (this.#damage === null && blocks.length === 0 && this.#fill(fd)) this.#take(blocks);
    if (this.#damage !== null && blocks.length === 0) throw this.#damage;
    return blocks;
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #open(): number | null {
    if (this.#fd !== null) return this.#fd;
    try {
      return (this.#fd = openSync(this.#path, 'r'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw new BusError('E_BUS_IO', this.#path, `The bus file ${this.#path} cannot be opened: ${(error as Error).message}.`);
    }
  }

  /** Reads one more chunk behind what is held. False when there is nothing new. */
  #fill(fd: number): boolean {
    const { size } = fstatSync(fd);
    if (size < this.#readTo) this.#readAgain();
    const available = Math.min(size - this.#readTo, chunkBytes);
    if (available <= 0) return false;
    const chunk = Buffer.allocUnsafe(available);
    const got = readSync(fd, chunk, 0, available, this.#readTo);
    this.#readTo += got;
    this.#rest = this.#rest.length === 0 ? chunk.subarray(0, got) : Buffer.concat([this.#rest, chunk.subarray(0, got)]);
    return got > 0;
  }

  /** Forgets what is held of a block that is not whole: the tail of a writer that died, which the next one cuts off. */
  #readAgain(): void {
    this.#readTo -= this.#rest.length;
    this.#rest = Buffer.alloc(0);
  }

  #take(blocks: Block[]): void {
    if (!this.#headSeen) {
      const head = this.#rest.subarray(0, this.#head.length);
      if (!head.equals(this.#head.subarray(0, head.length))) throw this.#foreign();
      if (head.length < this.#head.length) return;
      this.#rest = this.#rest.subarray(this.#head.length);
      this.#headSeen = true;
    }
    try {
      for (let block = this.#next(); block; block = this.#next()) blocks.push(block);
    } catch (error) {
      const at = this.#readTo - this.#rest.length;
      if (this.#doubted === at) this.#damage = error as BusError;
      this.#doubted = at;
      this.#readAgain();
    }
  }

  #next(): Block | null {
    const count = decodeLong(this.#rest, 0);
    const length = count && decodeLong(this.#rest, count.end);
    if (!count || !length) return null;
    const at = this.#readTo - this.#rest.length;
    if (count.value < 0 || length.value < 0) throw this.#corrupt(at, 'a block has a negative length');
    const end = length.end + length.value;
    if (this.#rest.length < end + syncLength) return null;
    if (!this.#rest.subarray(end, end + syncLength).equals(this.#sync)) throw this.#corrupt(at, 'a block does not end with its marker');
    const records = this.#unpack(this.#rest.subarray(length.end, end), at);
    this.#rest = this.#rest.subarray(end + syncLength);
    return { room: this.#room, count: count.value, records };
  }

  #unpack(packed: Buffer, at: number): Buffer {
    try {
      return zstdDecompressSync(packed);
    } catch {
      throw this.#corrupt(at, 'a block does not unpack');
    }
  }

  #foreign(): BusError {
    if (!beginsWithHead(this.#rest)) return this.#corrupt(0, 'it has no head as bus files do');
    return new BusError(
      'E_BUS_CORRUPT',
      this.#path,
      `The bus file ${this.#path} was written by another version of faultbox: its schema is none of this one. Read it with that version.`,
    );
  }

  #corrupt(at: number, what: string): BusError {
    return new BusError(
      'E_BUS_CORRUPT',
      this.#path,
      `The bus file ${this.#path} is damaged at byte ${at}: ${what}. What lies before it can be read.`,
    );
  }
}
