import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { BusError } from '../bus.ts';
import type { KafkaAddress } from './address.ts';
import { tlsRefusal } from './tls-refusal.ts';

const tlsAlert = 0x15;
/** kafkajs asks again at least so often. */
const complaintAge_ms = 2000;
const doors = new WeakMap<KafkaAddress, Door>();

/** The door to a cluster of this process. */
export function doorOf(address: KafkaAddress): Door {
  const door = doors.get(address) ?? new Door(address);
  doors.set(address, door);
  return door;
}

/**
 * What the sockets to a cluster have met. kafkajs tries again also what no trying cures, and keeps little of what the socket said: so we
 * look at the sockets ourselves.
 */
export class Door {
  readonly socketFactory: ISocketFactory;
  readonly #address: KafkaAddress;
  readonly #told = new Set<(error: BusError) => void>();
  #refusal: BusError | null = null;
  #suspicion: string | null = null;
  #complaint: string | null = null;
  #complained_ms = 0;

  constructor(address: KafkaAddress) {
    this.#address = address;
    const make = (createRequire(import.meta.url)('kafkajs/src/network/socketFactory') as () => ISocketFactory)();
    this.socketFactory = (options) => this.#watch(make(options), `${options.host}:${options.port}`);
  }

  /** Why no connection will ever come about. */
  get refusal(): BusError | null {
    return this.#refusal;
  }

  /** Why the last connection ended, where it ended as one does that was made the wrong way; null when it may be well again. */
  get suspicion(): string | null {
    return this.#suspicion;
  }

  /** What the brokers have answered with in place of what was asked, where that has gone on until now and they are still there. */
  get complaint(): string | null {
    return this.#complaint !== null && performance.now() - this.#complained_ms < complaintAge_ms ? this.#complaint : null;
  }

  /** Takes an entry of kafkajs's log of errors. */
  hear({ message, error }: { readonly message: string; readonly error?: unknown }): void {
    if (!message.startsWith('Response ') || typeof error !== 'string') return;
    this.#complaint = error;
    this.#complained_ms = performance.now();
  }

  /** Calls back at a refusal, until the returned function is called. */
  onRefusal(tell: (error: BusError) => void): () => void {
    this.#told.add(tell);
    return () => this.#told.delete(tell);
  }

  #watch(socket: Socket, broker: string): Socket {
    let answers = 0;
    socket.on('data', (data: Buffer) => {
      answers++;
      const alarmed = answers === 1 && !this.#address.tls && data[0] === tlsAlert;
      if (alarmed) this.#refuse(`The broker at ${broker} speaks TLS there. Add tls=1 to --bus.`);
    });
    socket.on('error', (error) => {
      this.#complaint = null;
      const setting = "--bus and the broker's advertised.listeners";
      const sentence = tlsRefusal(error, { name: `the broker at ${broker}`, setting, weHaveCertificate: this.#address.identity !== null });
      if (sentence !== null) this.#refuse(sentence);
      else if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') this.#suspicion = null;
    });
    socket.on('end', () => {
      this.#complaint = null;
      const suspicion = this.#suspect(socket, answers, broker);
      // One that ended before any answer says nothing new.
      if (suspicion !== null || answers > 0) this.#suspicion = suspicion;
    });
    return socket;
  }

  #suspect(socket: Socket, answers: number, broker: string): string | null {
    if (socket instanceof TLSSocket && socket.getProtocol() === null) {
      return `The broker at ${broker} hangs up when it is greeted in TLS. Does it speak TLS there? If not, leave tls=1 out of --bus.`;
    }
    // The first answer is given to anyone: it lists the versions of the protocol.
    const asked = answers === 1 && this.#address.sasl === null;
    return asked ? `The broker at ${broker} hangs up on clients that do not log in. Add a user and sasl= to --bus.` : null;
  }

  #refuse(sentence: string): void {
    if (this.#refusal) return;
    this.#refusal = new BusError('E_BUS_REFUSED', this.#address.brokers.join(','), sentence);
    for (const tell of this.#told) tell(this.#refusal);
  }
}
