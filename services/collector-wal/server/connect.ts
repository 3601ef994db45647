import type { Socket } from 'node:net';
import { Client, type ClientConfig } from 'pg';
import { ObserverSocket, takenCodes } from '../../clients/observer.ts';

/** The server and database to observe, and who asks. */
export interface WalTarget {
  readonly service: string;
  /** On 127.0.0.1. */
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly run: string;
}

const connect_ms = 5000;
const startUp_ms = 10_000;
const pause_ms = 10;
/** "The database system is starting up": its port is open some time before it takes logins. */
const notYet = new Set(['57P03', 'ECONNREFUSED', 'ECONNRESET', ...takenCodes]);

/** Values come in one form whatever the server's or role's settings: times in UTC. Our own marks are flushed at once. */
// prettier-ignore
const options = [
  'datestyle=ISO', 'intervalstyle=postgres', 'timezone=UTC', 'extra_float_digits=1', 'bytea_output=hex', 'default_transaction_read_only=off',
  'synchronous_commit=local',
].map((setting) => `-c ${setting}`).join(' ');

/** How our clients connect. The socket is ours, so that a connection can be given up whatever state the server is in. */
export function clientConfig({ port, database, user, password, run }: WalTarget, socket: Socket): ClientConfig {
  return {
    host: '127.0.0.1',
    port,
    database,
    user,
    password,
    options,
    application_name: `faultbox ${run}`,
    connectionTimeoutMillis: connect_ms,
    stream: () => socket,
  };
}

/** An ordinary connection, for what is asked beside the stream. */
export class Connection {
  readonly #client: Client;
  readonly #socket = new ObserverSocket();
  #lost = false;

  constructor(target: WalTarget) {
    this.#client = new Client(clientConfig(target, this.#socket));
    this.#client.on('error', () => (this.#lost = true));
    this.#client.on('end', () => (this.#lost = true));
  }

  /** Whether it cannot be used any more. */
  get lost(): boolean {
    return this.#lost;
  }

  async open(): Promise<this> {
    await this.#client.connect();
    return this;
  }

  async query<T extends object>(sql: string, values: readonly unknown[] = []): Promise<T[]> {
    const { rows } = await this.#client.query<T>(sql, [...values]);
    return rows;
  }

  close(): void {
    this.#lost = true;
    this.#socket.destroySoon();
  }
}

/** Opens a connection to a server that may still be starting up. */
export async function connectWhenUp(target: WalTarget): Promise<Connection> {
  const end = performance.now() + startUp_ms;
  for (;;) {
    const connection = new Connection(target);
    try {
      return await connection.open();
    } catch (error) {
      connection.close();
      if (!notYet.has((error as { code?: string }).code ?? '') || performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  }
}
