import { LogicalReplicationService, PgoutputPlugin, type Pgoutput } from 'pg-logical-replication';
import { ObserverSocket } from '../../clients/observer.ts';
import { clientConfig, type WalTarget } from '../server/connect.ts';
import { lsnText, parseLsn, type Lsn } from '../server/lsn.ts';

/** Who takes what a replication connection brings, in its order. An exception from here ends the connection. */
export interface StreamHandler {
  /** `sent_us`: when the server sent the last begin or logical message up to this one, by its own clock, µs since 1970. */
  message(message: Pgoutput.Message, sent_us: bigint): void;
  /** Everything that was committed before `lsn` has been sent. `urgent`: the server wants an acknowledgement. */
  position(lsn: Lsn, urgent: boolean): void;
}

/** What the stream brought cannot be read or kept: beginning again would end in the same place. */
export class StreamUnreadable extends Error {
  override name = 'StreamUnreadable';
}

/** XLogData: 'w', start and end of the WAL, when it was sent; then the message (protocol-replication.html). */
const headerBytes = 25;
const xLogData = 0x77;
/** µs from 1970 to PostgreSQL's own epoch, 2000-01-01. */
const epoch_us = 946_684_800_000_000n;

/** Tags of the messages of which it matters when they were sent: 'B' (begin), 'M' (logical message). */
const timed: ReadonlySet<number | undefined> = new Set([0x42, 0x4d]);

/**
 * The parser, which also tells when transactions and logical messages were sent: the service hands messages over without their header,
 * which lies before them.
 */
class TimedPgoutput extends PgoutputPlugin {
  sent_us = 0n;

  override parse(message: Buffer): Pgoutput.Message {
    if (timed.has(message[0])) this.sent_us = sentAt_us(message);
    return super.parse(message);
  }
}

function sentAt_us(message: Buffer): bigint {
  const header = Buffer.from(message.buffer, message.byteOffset - headerBytes, headerBytes);
  if (header[0] !== xLogData) throw new Error('a message of the replication stream has no XLogData header');
  return header.readBigInt64BE(headerBytes - 8) + epoch_us;
}

/** One replication connection, from its start to its end; another one is a new object. */
export class Replication {
  /** Rejects with the reason when the connection ends, unless `stop` ended it. */
  readonly ended: Promise<never>;
  readonly #service: LogicalReplicationService;
  readonly #socket = new ObserverSocket();
  readonly #started: Promise<void>;
  readonly #fail: (error: Error) => void;
  #over = false;

  constructor(target: WalTarget, slot: string, handler: StreamHandler) {
    const ended = Promise.withResolvers<never>();
    ended.promise.catch(() => {});
    this.ended = ended.promise;
    this.#fail = (error) => {
      this.#socket.destroy();
      ended.reject(error);
    };
    // Its own acknowledgements would cover what is received, not what is durable.
    this.#service = new LogicalReplicationService(clientConfig(target, this.#socket), { acknowledge: { auto: false, timeoutSeconds: 0 } });
    const plugin = this.#guarded(new TimedPgoutput({ protoVersion: 1, publicationNames: [slot], messages: true }));
    this.#service.on('error', this.#fail);
    this.#service.on('data', (_: string, message: Pgoutput.Message | null) => {
      this.#take(() => message && handler.message(message, plugin.sent_us));
    });
    this.#service.on('heartbeat', (lsn: string, _: number, urgent: boolean) => {
      this.#take(() => handler.position(parseLsn(lsn), urgent));
    });
    this.#started = new Promise((resolve) => this.#service.once('start', resolve));
    this.#service.subscribe(plugin, slot, '0/0').then(() => this.#fail(new Error('the server ended the stream')), this.#fail);
  }

  /** Settles when the stream runs; rejects when it cannot. */
  async start(): Promise<void> {
    await Promise.race([this.#started, this.ended]);
  }

  /** Tells the server that everything before `lsn` is durable here; `ping` asks where it is. */
  acknowledge(lsn: Lsn, ping = false): void {
    // The service acknowledges the byte behind the one that it is given.
    void this.#service.acknowledge(lsnText(lsn > 0n ? lsn - 1n : 0n), ping);
  }

  /** Takes nothing more from the server until `resume`; what waits there is not lost. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  stop(): void {
    this.#over = true;
    this.#socket.destroy();
    void this.#service.destroy().catch(() => {});
  }

  /** What the parser cannot read ends the connection; the service would let it end the process. */
  #guarded(plugin: TimedPgoutput): TimedPgoutput {
    const parse = plugin.parse.bind(plugin);
    plugin.parse = (message) => this.#take(() => parse(message)) as Pgoutput.Message;
    return plugin;
  }

  #take<T>(step: () => T): T | null {
    if (this.#over) return null;
    try {
      return step();
    } catch (error) {
      this.#over = true;
      this.#fail(new StreamUnreadable((error as Error).message, { cause: error }));
      return null;
    }
  }
}
