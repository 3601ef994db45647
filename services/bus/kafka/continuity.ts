import { randomBytes } from 'node:crypto';
import { BusError } from '../bus.ts';
import type { KafkaAddress } from './address.ts';
import { topic } from './client.ts';

const [writerHeader, numberHeader] = ['writer', 'number'];

type Headers = Readonly<Record<string, unknown>>;

/** Numbers a writer's messages of each key from 1, so that a reader sees whether any is missing. */
export class Numbering {
  readonly #writer = randomBytes(4).toString('hex');
  readonly #last = new Map<string, number>();

  /** The headers of the next message of a key. */
  next(key: string): Record<string, string> {
    const number = (this.#last.get(key) ?? 0) + 1;
    this.#last.set(key, number);
    return { [writerHeader]: this.#writer, [numberHeader]: String(number) };
  }
}

/** Follows the numbers that messages have. */
export class Continuity {
  readonly #address: KafkaAddress;
  readonly #last = new Map<string, number>();

  constructor(address: KafkaAddress) {
    this.#address = address;
  }

  /**
   * Takes the next message of a key that was read: null, or why what lies before it cannot be relied on. Kafka acknowledges what it may lose:
   * by retention, by compaction, with a topic that is made anew, with a replica that was behind and became leader.
   */
  follow(key: string, headers: Headers): BusError | null {
    const writer = `${textOf(headers[writerHeader])}/${key}`;
    const number = Number(textOf(headers[numberHeader]));
    if (!Number.isSafeInteger(number)) return unnumbered(this.#address, key);
    const last = this.#last.get(writer) ?? 0;
    this.#last.set(writer, Math.max(last, number));
    return number <= last + 1 ? null : lostMessages(this.#address, `${number - last - 1} messages of ${key}`);
  }
}

function unnumbered({ brokers }: KafkaAddress, key: string): BusError {
  const where = brokers.join(',');
  const what = `A message of ${key} at ${where} has no number, so nobody knows whether one is missing before it.`;
  return new BusError('E_BUS_CORRUPT', where, `${what} The run was written by another version of faultbox: read it with that version.`);
}

/** What was on the bus and is not any more. */
export function lostMessages({ brokers }: KafkaAddress, what: string): BusError {
  const where = brokers.join(',');
  const remedy = `Was ${topic} deleted or made anew? Do its cleanup.policy, retention.ms and retention.bytes keep a message until it is read?`;
  return new BusError('E_BUS_LOST', where, `The broker at ${where} had acknowledged ${what}, and does not have them any more. ${remedy}`);
}

function textOf(header: unknown): string {
  return Buffer.isBuffer(header) ? header.toString() : String(header);
}
