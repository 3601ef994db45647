import { connect, type Socket } from 'node:net';
import { dialObserver } from '../observer.ts';
import type { Role } from '../role.ts';
import { rawBroker, saslHandshake, type ConnectionPool, type RawBroker } from './internals.ts';
import { asksForNoLogin, loginFailure, takesLogins, type KafkaLogin } from './login.ts';

/** How the brokers of a cluster are reached: `port` is the one that the spec names, `leases` the port of the host for each of the spec's. */
export interface KafkaAddress {
  readonly port: number;
  readonly leases: Readonly<Record<string, number>>;
  /** Null: nobody logs in. */
  readonly login: KafkaLogin | null;
}

/** How a connection is made; `makesTopics`: metadata of a topic that is not there makes it, where the broker does that. */
export interface ConnectionOptions {
  readonly timeout_ms: number;
  readonly role: Role;
  readonly makesTopics: boolean;
}

/** kafkajs' connections to one broker, logged in, and their sockets. */
export interface KafkaConnection {
  readonly broker: RawBroker;
  readonly pool: ConnectionPool;
  readonly sockets: readonly Socket[];
  close(): Promise<void>;
}

/** How long before the end of a session kafkajs logs in again. By its own measure, 10 s, shorter sessions would do so at every request. */
const reauthentication_ms = 1000;
/** How long a request may take. */
export const request_ms = 30_000;

/** Connects to the port that stands for the address's, whatever host the broker advertises. A broker that asks for no login is used without. */
export async function openConnection(address: KafkaAddress, options: ConnectionOptions): Promise<KafkaConnection> {
  const { login } = address;
  try {
    return await connected(address, options);
  } catch (error) {
    if (login === null) throw error;
    if ((error as { type?: string }).type !== asksForNoLogin) throw loginFailure(error, login);
    return connected({ ...address, login: null }, options);
  }
}

/** Whether a broker takes logins where the address points: it tells by its answer to the begin of one. */
export async function asksForLogin(address: KafkaAddress, options: ConnectionOptions): Promise<boolean> {
  const { pool, close } = await connected({ ...address, login: null }, options);
  try {
    await pool.send(saslHandshake({ mechanism: 'PLAIN' }));
    return true;
  } catch (error) {
    return takesLogins(error);
  } finally {
    await close();
  }
}

async function connected(
  { port, leases, login }: KafkaAddress,
  { timeout_ms, role, makesTopics }: ConnectionOptions,
): Promise<KafkaConnection> {
  const sockets: Socket[] = [];
  const leased = leasedPort(port, leases);
  const socketFactory = ({ onConnect }: { readonly onConnect: () => void }): Socket => {
    const socket = role === 'observer' ? dialObserver(leased) : connect({ host: '127.0.0.1', port: leased, noDelay: true });
    sockets.push(socket);
    return socket.once('connect', onConnect);
  };
  const sasl = login && { mechanism: login.mechanism, username: login.user, password: login.password };
  const times = { connectionTimeout: Math.ceil(timeout_ms), requestTimeout: request_ms, reauthenticationThreshold: reauthentication_ms };
  const options = { port, ...times, socketFactory, sasl };
  const { broker, pool } = rawBroker(options, makesTopics);
  const close = async () => {
    await broker.disconnect().catch(() => {});
    for (const socket of sockets) socket.destroy();
  };
  try {
    await broker.connect();
    return { broker, pool, sockets, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where there are leases, a port without one is not the test's: whoever listens there on the host is no broker of it. */
function leasedPort(port: number, leases: KafkaAddress['leases']): number {
  const leased = leases[port];
  const strange = leased === undefined && Object.keys(leases).length > 0;
  if (strange) throw new Error(`a broker advertises port ${port}, which no interface of the spec has`);
  return leased ?? port;
}
