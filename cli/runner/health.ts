import { request } from 'node:http';
import { KafkaBroker } from '../../services/clients/kafka/broker.ts';
import type { KafkaLogin } from '../../services/clients/kafka/login.ts';
import type { NatsLogin } from '../../services/clients/nats-login.ts';
import { connectNats } from '../../services/clients/nats.ts';
import { dialObserver } from '../../services/clients/observer.ts';
import { connectPostgres } from '../../services/clients/postgres.ts';
import type { RedisLogin } from '../../services/clients/redis-login.ts';
import { connectRedis } from '../../services/clients/redis.ts';
import { Refused } from '../../services/clients/refused.ts';
import type { DatabaseLogin } from '../spec/plan.ts';

const pause_ms = 2;
/** How long a refused login is tried: a service may make its users after it has begun to answer. */
const refused_ms = 5000;
/** The last try has this time at least: one that is cut short says less than a refusal. */
const answer_ms = 1000;
/** Each refusal is a line in the service's log. */
const refusedPause_ms = 100;

/** A healthcheck with the port that is really dialled. */
export type Probe =
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'redis'; readonly port: number; readonly login: RedisLogin | null }
  | { readonly kind: 'kafka'; readonly port: number; readonly login: KafkaLogin | null }
  | { readonly kind: 'nats'; readonly port: number; readonly login: NatsLogin | null }
  | { readonly kind: 'postgres'; readonly port: number; readonly login: DatabaseLogin }
  | { readonly kind: 'http'; readonly port: number; readonly host: string; readonly path: string };

/** One try: settles when the service is well, else rejects with what it said. */
function probe(target: Probe, timeout_ms: number): Promise<void> {
  switch (target.kind) {
    case 'tcp':
      return probeTcp(target.port, timeout_ms);
    case 'http':
      return probeHttp(target, timeout_ms);
    case 'redis':
      return answers(connectRedis(target, timeout_ms, 'observer'), (redis) => redis.command(['PING'], timeout_ms));
    case 'kafka':
      return answers(KafkaBroker.connect({ ...target, leases: {} }, timeout_ms, 'observer'), (broker) => broker.brokers());
    case 'nats':
      return answers(connectNats(target, timeout_ms, 'observer'), ({ connection }) => connection.flush());
    case 'postgres':
      return answers(connectPostgres({ port: target.port, ...target.login }, timeout_ms, 'observer'), (postgres) =>
        postgres.query('SELECT 1', [], timeout_ms),
      );
  }
}

/** Settles when a client connects and gets an answer, else rejects with what went wrong. */
async function answers<C extends { close(): unknown }>(connecting: Promise<C>, ask: (connection: C) => Promise<unknown>): Promise<void> {
  let connection: C | null = null;
  try {
    connection = await connecting;
    await ask(connection);
  } finally {
    await connection?.close();
  }
}

/** What a service said last that is not well; `refused`: it answers, but not to us. */
export interface Unwell {
  readonly said: string;
  readonly refused: boolean;
}

/** Tries every 2 ms until the service is well. Null then; else what it said when time is up, it goes on refusing, or `stop` aborts. */
export async function untilWell(target: Probe, timeout_ms: number, stop: AbortSignal): Promise<Unwell | null> {
  let end = performance.now() + timeout_ms;
  let said = 'not tried yet';
  let refused = false;
  while (!stop.aborted && performance.now() < end) {
    try {
      await probe(target, Math.max(refused ? answer_ms : 1, end - performance.now()));
      return null;
    } catch (error) {
      said = (error as Error).message;
      const refuses = error instanceof Refused;
      if (refuses && !refused) end = Math.min(end, performance.now() + refused_ms);
      refused = refuses;
    }
    await new Promise((resolve) => setTimeout(resolve, refused ? refusedPause_ms : pause_ms));
  }
  return { said, refused };
}

function probeTcp(port: number, timeout_ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = dialObserver(port);
    socket.setTimeout(timeout_ms, () => socket.destroy(new Error('timed out')));
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

function probeHttp(target: { port: number; host: string; path: string }, timeout_ms: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        createConnection: () => dialObserver(target.port),
        path: target.path,
        headers: { host: target.host, connection: 'close' },
        timeout: timeout_ms,
      },
      (answer) => {
        answer.resume();
        const { statusCode = 0 } = answer;
        answer.on('close', () => (statusCode >= 200 && statusCode < 400 ? resolve() : reject(new Error(`status ${statusCode}`))));
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.on('error', reject);
    sent.end();
  });
}
