import { request } from 'node:http';
import { KafkaBroker } from '../../services/clients/kafka/broker.ts';
import { connectNats } from '../../services/clients/nats.ts';
import { dialObserver } from '../../services/clients/observer.ts';
import { connectPostgres } from '../../services/clients/postgres.ts';
import { connectRedis } from '../../services/clients/redis.ts';
import type { DatabaseLogin } from '../spec/plan.ts';

const pause_ms = 2;

/** A healthcheck with the port that is really dialled. */
export type Probe =
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'redis' | 'kafka' | 'nats'; readonly port: number }
  | { readonly kind: 'postgres'; readonly port: number; readonly login: DatabaseLogin }
  | { readonly kind: 'http'; readonly port: number; readonly host: string; readonly path: string };

/** One try: null when the service is well, else what it said. */
export function probe(target: Probe, timeout_ms: number): Promise<string | null> {
  switch (target.kind) {
    case 'tcp':
      return probeTcp(target.port, timeout_ms);
    case 'http':
      return probeHttp(target, timeout_ms);
    case 'redis':
      return answers(connectRedis(target.port, timeout_ms, 'observer'), (redis) => redis.command(['PING'], timeout_ms));
    case 'kafka':
      return answers(KafkaBroker.connect({ port: target.port, leases: {} }, timeout_ms, 'observer'), (broker) => broker.brokers());
    case 'nats':
      return answers(connectNats(target.port, timeout_ms, 'observer'), ({ connection }) => connection.flush());
    case 'postgres':
      return answers(connectPostgres({ port: target.port, ...target.login }, timeout_ms, 'observer'), (postgres) =>
        postgres.query('SELECT 1', [], timeout_ms),
      );
  }
}

/** Null when a client connects and gets an answer, else what went wrong. */
async function answers<C extends { close(): unknown }>(
  connecting: Promise<C>,
  ask: (connection: C) => Promise<unknown>,
): Promise<string | null> {
  let connection: C | null = null;
  try {
    connection = await connecting;
    await ask(connection);
    return null;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await connection?.close();
  }
}

/** Tries every 2 ms until the service is well. Null then; else the last thing it said, when time is up or `stop` aborts. */
export async function untilWell(target: Probe, timeout_ms: number, stop: AbortSignal): Promise<string | null> {
  const end = performance.now() + timeout_ms;
  let last: string | null = 'not tried yet';
  while (!stop.aborted && performance.now() < end) {
    last = await probe(target, Math.max(1, end - performance.now()));
    if (last === null) return null;
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
  }
  return last;
}

function probeTcp(port: number, timeout_ms: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = dialObserver(port);
    socket.setTimeout(timeout_ms, () => socket.destroy(new Error('timed out')));
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', (error) => resolve(error.message));
  });
}

function probeHttp(target: { port: number; host: string; path: string }, timeout_ms: number): Promise<string | null> {
  return new Promise((resolve) => {
    const sent = request(
      {
        createConnection: () => dialObserver(target.port),
        path: target.path,
        headers: { host: target.host, connection: 'close' },
        timeout: timeout_ms,
      },
      (answer) => {
        answer.resume();
        answer.on('close', () => resolve(answer.statusCode! >= 200 && answer.statusCode! < 400 ? null : `status ${answer.statusCode}`));
      },
    );
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.on('error', (error) => resolve(error.message));
    sent.end();
  });
}
