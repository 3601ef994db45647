import type { Socket } from 'node:net';
import { AbstractConnector, Redis } from 'ioredis';
import { connectObserver } from './observer.ts';
import { logInToRedis, redisFailure, type RedisLogin } from './redis-login.ts';
import { redisReply, type RawReply, type RedisReply } from './redis-reply.ts';
import { Refused } from './refused.ts';
import type { Role } from './role.ts';

/** What the client says of a connection that ended before the answer. */
const closed = 'Connection is closed.';

/** Commands that make of a connection a stream of many replies. */
// prettier-ignore
const streaming: ReadonlySet<string> = new Set([
  'SUBSCRIBE', 'PSUBSCRIBE', 'SSUBSCRIBE', 'UNSUBSCRIBE', 'PUNSUBSCRIBE', 'SUNSUBSCRIBE', 'MONITOR',
]);

/** A Redis server on loopback; `login` null: nobody logs in. */
export interface RedisAddress {
  readonly port: number;
  readonly login: RedisLogin | null;
}

/** One connection to a Redis server on loopback. */
export interface RedisConnection {
  /** Its own end and the server's, as `ip:port`. */
  readonly local: string;
  readonly remote: string;
  /** Rejects with `Refused`, with what else the server answered, or with why there was no answer. */
  command(words: readonly string[], timeout_ms: number): Promise<RedisReply>;
  close(): void;
}

/** Connects and logs in, once; a connection that breaks stays broken. Rejects with `Refused` or the system's error. */
export async function connectRedis({ port, login }: RedisAddress, timeout_ms: number, role: Role): Promise<RedisConnection> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    protocol: 2,
    lazyConnect: true,
    connectTimeout: timeout_ms,
    retryStrategy: null,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    disableClientInfo: true,
    disconnectTimeout: 1,
    stringNumbers: true,
    ...(role === 'observer' ? { Connector: observerConnector(port, timeout_ms) } : {}),
  });
  let broken = '';
  redis.on('error', (error: Error) => (broken = error.message));
  try {
    await redis.connect();
    if (login) await within(timeout_ms, logInToRedis(redis, login));
  } catch (error) {
    redis.disconnect();
    if (error instanceof Refused) throw error;
    throw new Error(broken === '' ? (error as Error).message : broken, { cause: error });
  }
  const socket = redis.stream as Socket;
  return {
    local: `${socket.localAddress}:${socket.localPort}`,
    remote: `${socket.remoteAddress}:${socket.remotePort}`,
    command: async ([word = '', ...args], limit_ms) => {
      // In lower case the client would change the replies of some.
      const name = word.toUpperCase();
      if (streaming.has(name)) throw new Error(`${name} cannot be sent: it has no reply of its own, but makes the connection a stream`);
      const reply = redis.callBuffer(name, args).catch((error: Error) => {
        throw error.message === closed ? new Error('the connection was closed', { cause: error }) : redisFailure(error, login);
      });
      return redisReply(await within(limit_ms, reply as Promise<RawReply>));
    },
    close: () => redis.disconnect(),
  };
}

/** Gives the client a connection from a reserved port. */
function observerConnector(port: number, timeout_ms: number): new (options: unknown) => AbstractConnector {
  return class extends AbstractConnector {
    constructor() {
      super(1);
    }

    override async connect(): Promise<Socket> {
      const socket = await connectObserver(port, timeout_ms);
      this.stream = socket;
      return socket;
    }
  };
}

function within<T>(limit_ms: number, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limit_ms} ms`)), limit_ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
