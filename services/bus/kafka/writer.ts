import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { CompressionTypes, Message, Producer } from 'kafkajs';
import type { Room } from '../../../schemas/codec.ts';
import { BusError, type BusWriter } from '../bus.ts';
import type { KafkaAddress } from './address.ts';
import { busError, openKafka, topic, withinPatience } from './client.ts';
import { Numbering } from './continuity.ts';
import { encodeMessage, headersOf, keyOf } from './message.ts';
import { partitionerOf } from './partitioner.ts';
import { Registry } from './registry.ts';
import { TestSplitter } from './split-by-test.ts';

const messageBytes = 256 << 10;
const requestBytes = 4 << 20;
const crowdedBytes = 64 << 20;
const roomyBytes = crowdedBytes / 2;
/** From here on it is a flood, which ends where nothing comes for so long. A block may take some turns of the loop to come in. */
const floodBytes = 1 << 20;
const lull_ms = 1;
const turnsOfBlock = 4;
const zstd = 4 as CompressionTypes.ZSTD;

interface Waiting {
  readonly upTo: number;
  readonly resolve: () => void;
  readonly reject: (error: BusError) => void;
}

/** Appends blocks of one room of a run to the topic. It connects in the background; an address that does not answer shows at `durable`. */
export function openKafkaWriter(address: KafkaAddress, run: string, room: Room): BusWriter {
  return new KafkaWriter(address, run, room);
}

/**
 * One request in flight, by an idempotent producer that waits for all replicas: what is acknowledged is there once, each source in its
 * order.
 * A broker that is away is waited for; past the patience everything that was not acknowledged has failed, for good.
 */
class KafkaWriter implements BusWriter {
  readonly #address: KafkaAddress;
  readonly #run: string;
  readonly #room: Room;
  readonly #splitter: TestSplitter;
  readonly #numbering = new Numbering();
  readonly #connected: Promise<{ readonly producer: Producer; readonly schemaId: number }>;
  /** What concerns the whole run. It is repeated into each test, whose reader may have that partition only. */
  readonly #ofRun: Array<{ readonly records: Buffer; readonly count: number }> = [];
  readonly #tests = new Set<string>(['']);
  #queue: Array<{ readonly test: string; readonly records: Buffer; readonly count: number }> = [];
  #waiting: Waiting[] = [];
  #wantRoom: Array<Omit<Waiting, 'upTo'>> = [];
  #waitingBytes = 0;
  #handedOver = 0;
  #acknowledged = 0;
  #sending = false;
  #failure: BusError | null = null;

  constructor(address: KafkaAddress, run: string, room: Room) {
    this.#address = address;
    this.#run = run;
    this.#room = room;
    this.#splitter = new TestSplitter(room, messageBytes);
    this.#connected = withinPatience(address, this.#connect());
    this.#connected.catch((error: unknown) => this.#fail(error));
  }

  append(records: Buffer): void {
    if (this.#failure) throw this.#failure;
    for (const piece of this.#splitter.split(records)) {
      if (piece.test === '') this.#ofRun.push(piece);
      else if (!this.#tests.has(piece.test)) for (const earlier of this.#ofRun) this.#enqueue({ ...earlier, test: piece.test });
      this.#tests.add(piece.test);
      this.#enqueue(piece);
    }
    void this.#send();
  }

  get crowded(): boolean {
    return this.#waitingBytes > crowdedBytes;
  }

  room(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#waitingBytes <= roomyBytes) return Promise.resolve();
    return new Promise((resolve, reject) => this.#wantRoom.push({ resolve, reject }));
  }

  durable(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#acknowledged === this.#handedOver) return Promise.resolve();
    return new Promise((resolve, reject) => this.#waiting.push({ upTo: this.#handedOver, resolve, reject }));
  }

  /** When the brokers write to their disks is their own setting. */
  sync(): Promise<void> {
    return this.durable();
  }

  async close(): Promise<void> {
    try {
      await this.durable();
    } finally {
      void this.#connected.then(({ producer }) => producer.disconnect()).catch(() => {});
    }
  }

  async #connect(): Promise<{ producer: Producer; schemaId: number }> {
    const [kafka, schemaId] = await Promise.all([openKafka(this.#address), new Registry(this.#address).idOf(this.#room)]);
    const { default: kafkajs } = await import('kafkajs');
    const createPartitioner = partitionerOf(this.#address, kafkajs.Partitioners.DefaultPartitioner);
    const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false, createPartitioner });
    await producer.connect();
    return { producer, schemaId };
  }

  #enqueue(piece: { readonly test: string; readonly records: Buffer; readonly count: number }): void {
    this.#queue.push(piece);
    this.#waitingBytes += piece.records.length;
    this.#handedOver++;
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    try {
      const { producer, schemaId } = await this.#connected;
      while (this.#queue.length > 0) {
        await this.#calm();
        const messages = this.#batch(schemaId);
        await withinPatience(this.#address, producer.send({ topic, acks: -1, compression: zstd, messages }));
        this.#acknowledge(messages.length);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#sending = false;
  }

  /** In a flood reading comes first: there is room here for what would be lost where it comes from. And larger batches cost less. */
  async #calm(): Promise<void> {
    let had = -1;
    while (had !== this.#handedOver && this.#waitingBytes > floodBytes && this.#waitingBytes < roomyBytes) {
      had = this.#handedOver;
      await pause(lull_ms);
      for (let turn = 0; turn < turnsOfBlock; turn++) await nextTurn();
    }
  }

  #batch(schemaId: number): Message[] {
    let bytes = 0;
    const n = this.#queue.findIndex(({ records }) => (bytes += records.length) > requestBytes);
    const taken = this.#queue.splice(0, n < 0 ? this.#queue.length : Math.max(1, n));
    for (const { records } of taken) this.#waitingBytes -= records.length;
    return taken.map(({ test, records, count }) => {
      const key = keyOf(this.#run, test);
      const headers = { ...headersOf(this.#address.group), ...this.#numbering.next(key) };
      return { key, value: encodeMessage(schemaId, records, count), headers };
    });
  }

  #acknowledge(n: number): void {
    this.#acknowledged += n;
    if (this.#waitingBytes <= roomyBytes) for (const { resolve } of this.#wantRoom.splice(0)) resolve();
    while (this.#waiting.length > 0 && this.#waiting[0]!.upTo <= this.#acknowledged) this.#waiting.shift()!.resolve();
  }

  #fail(error: unknown): void {
    this.#failure ??= busError(this.#address, error);
    this.#queue = [];
    this.#waitingBytes = 0;
    for (const { reject } of [...this.#waiting.splice(0), ...this.#wantRoom.splice(0)]) reject(this.#failure);
  }
}
