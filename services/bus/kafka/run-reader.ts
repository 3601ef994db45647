import { setTimeout as pause } from 'node:timers/promises';
import type { Room } from '../../../schemas/codec.ts';
import { BusError, type Block, type RunReader } from '../bus.ts';
import type { KafkaAddress } from './address.ts';
import { blockOf } from './block.ts';
import { busError, hopeless } from './client.ts';
import { Continuity, lostMessages } from './continuity.ts';
import { Fetcher, isOutOfRange, type Fetched } from './fetcher.ts';
import { keyOf } from './message.ts';
import { Registry } from './registry.ts';

const retry_ms = 100;
/** What is held at most before the next fetch waits. */
const heldBytesLimit = 64 << 20;

interface Waiting {
  readonly after: number;
  readonly resolve: () => void;
  readonly reject: (error: BusError) => void;
}
interface Line {
  readonly blocks: Block[];
  reached: number;
}

/** Reads all partitions and keeps what belongs to these rooms of the run. */
export function openKafkaRunReader(address: KafkaAddress, run: string, rooms: readonly Room[]): RunReader {
  return new KafkaRunReader(address, run, rooms);
}

class KafkaRunReader implements RunReader {
  readonly #address: KafkaAddress;
  readonly #rooms: readonly Room[];
  readonly #prefix: string;
  readonly #fetcher: Fetcher;
  readonly #registry: Registry;
  readonly #continuity: Continuity;
  readonly #lines = new Map<Room, Line>();
  #heldBytes = 0;
  #atEnd = false;
  /** Number of fetches that have begun; those waiting want one that began after they asked. */
  #begun = 0;
  #waiting: Waiting[] = [];
  #room: (() => void) | null = null;
  #failure: BusError | null = null;
  #closed = false;

  constructor(address: KafkaAddress, run: string, rooms: readonly Room[]) {
    this.#address = address;
    this.#rooms = rooms;
    this.#prefix = keyOf(run, '');
    this.#fetcher = new Fetcher(address);
    this.#registry = new Registry(address);
    this.#continuity = new Continuity(address);
    void this.#follow().catch((error: unknown) => this.#fail(busError(address, error)));
  }

  get dry(): boolean {
    return this.#atEnd && this.#heldBytes === 0;
  }

  next(): Block | null {
    let behind: Line | null = null;
    for (const line of this.#lines.values())
      if (line.blocks.length > 0 && (behind === null || line.reached < behind.reached)) behind = line;
    if (behind === null) {
      if (this.#failure) throw this.#failure;
      return null;
    }
    const block = behind.blocks.shift()!;
    this.#heldBytes -= block.records.length;
    if (this.#heldBytes <= heldBytesLimit) this.#room?.();
    return block;
  }

  reached(room: Room, time: number): void {
    this.#lines.get(room)!.reached = time;
  }

  async atEnd(): Promise<boolean> {
    if (this.#failure) throw this.#failure;
    await new Promise<void>((resolve, reject) => this.#waiting.push({ after: this.#begun, resolve, reject }));
    return this.dry;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#room?.();
    await this.#fetcher.reset();
  }

  async #follow(): Promise<void> {
    let heard_ms = performance.now();
    while (!this.#closed) {
      const number = ++this.#begun;
      try {
        const { messages, atEnd } = await this.#fetcher.fetch();
        heard_ms = performance.now();
        for (const message of messages) await this.#take(message);
        this.#atEnd = atEnd;
        this.#tell(number);
      } catch (error) {
        if (this.#closed) return;
        const late = performance.now() - heard_ms > this.#address.patience_ms;
        if (isOutOfRange(error)) throw lostMessages(this.#address, 'messages that have not been read');
        const known = hopeless(this.#address, error);
        if (late || known) throw known ?? error;
        await this.#fetcher.reset();
        await pause(retry_ms);
      }
      if (this.#heldBytes <= heldBytesLimit) continue;
      // Whoever waits for the end must take first what is held: no fetch goes on before.
      this.#tell(Infinity);
      await new Promise<void>((resolve) => (this.#room = resolve));
    }
  }

  async #take(message: Fetched): Promise<void> {
    if (!message.key.startsWith(this.#prefix)) return;
    const block = await blockOf(message, this.#registry, this.#address);
    if (!this.#rooms.includes(block.room)) return;
    const lost = this.#continuity.follow(message.key, message.headers);
    if (lost) throw lost;
    const line = this.#lines.get(block.room) ?? { blocks: [], reached: -Infinity };
    this.#lines.set(block.room, line);
    line.blocks.push(block);
    this.#heldBytes += block.records.length;
  }

  #tell(fetched: number): void {
    const told = this.#waiting.filter(({ after }) => fetched > after);
    this.#waiting = this.#waiting.filter(({ after }) => fetched <= after);
    for (const { resolve } of told) resolve();
  }

  #fail(error: BusError): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
