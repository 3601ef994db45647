import { setTimeout as pause } from 'node:timers/promises';
import { ErrorCode, NatsError, type JetStreamManager } from 'nats';
import { connectNats, type NatsClient } from '../../clients/nats.ts';
import type { Feed, Sink, Verdict } from '../message.ts';
import { CoreFeed } from './core-feed.ts';
import { keeps } from './keeps.ts';
import { StreamFeed } from './stream-feed.ts';

const connect_ms = 5000;
const start_ms = 10_000;
const retry_ms = 20;
/** A request that was on its way when the connection broke is answered by nobody. */
const request_ms = 500;

/** A NATS subject: out of the stream that keeps it, if there is one when it is attached, else by a subscription. */
export class NatsFeed implements Feed {
  readonly #port: number;
  readonly #subject: string;
  readonly #sink: Sink;
  #feed: Feed | null = null;

  constructor(port: number, subject: string, sink: Sink) {
    this.#port = port;
    this.#subject = subject;
    this.#sink = sink;
  }

  async start(): Promise<void> {
    const client = await connected(this.#port);
    this.#feed = await feedOf(client, this.#subject, this.#sink);
    await this.#feed.start();
  }

  async prove(deadline_ms: number): Promise<Verdict> {
    return this.#feed?.prove(deadline_ms) ?? { complete: false, reason: 'it never started' };
  }

  stop(): void {
    this.#feed?.stop();
  }
}

async function connected(port: number): Promise<NatsClient> {
  for (const deadline_ms = performance.now() + start_ms; ;) {
    try {
      return await connectNats(port, connect_ms, 'observer', true);
    } catch (error) {
      const refused = error instanceof NatsError && error.code === ErrorCode.AuthorizationViolation;
      if (refused || performance.now() > deadline_ms) throw error;
    }
    await pause(retry_ms);
  }
}

async function feedOf(client: NatsClient, subject: string, sink: Sink): Promise<Feed> {
  try {
    const manager = await client.connection.jetstreamManager({ timeout: request_ms });
    const stream = await streamOf(manager, subject);
    return stream === null ? new CoreFeed(client, subject, sink) : new StreamFeed(client, manager, stream, subject, sink);
  } catch (error) {
    // There is no JetStream.
    if (error instanceof NatsError) return new CoreFeed(client, subject, sink);
    await client.close();
    throw error;
  }
}

/** The stream that keeps every message of a subject; subjects of two streams never overlap, so there is one at most. */
async function streamOf(manager: JetStreamManager, subject: string): Promise<string | null> {
  for await (const { config } of manager.streams.list(subject)) if (keeps(config, subject)) return config.name;
  return null;
}
