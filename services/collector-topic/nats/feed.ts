import { setTimeout as pause } from 'node:timers/promises';
import { NatsError, type JetStreamManager } from 'nats';
import { connectNats, type NatsAddress, type NatsClient } from '../../clients/nats.ts';
import { Refused } from '../../clients/refused.ts';
import type { Verdict } from '../../collector/verdict.ts';
import type { Feed, Sink } from '../message.ts';
import { CoreFeed } from './core-feed.ts';
import { keeps } from './keeps.ts';
import { StreamFeed } from './stream-feed.ts';

const connect_ms = 5000;
const start_ms = 10_000;
const retry_ms = 20;
/** A request that was on its way when the connection broke is answered by nobody. */
const request_ms = 500;

/** A NATS subject: out of the stream that keeps it, if there is one when it is attached that may be read, else by a subscription. */
export class NatsFeed implements Feed {
  readonly #address: NatsAddress;
  readonly #subject: string;
  readonly #sink: Sink;
  #feed: Feed | null = null;

  constructor(address: NatsAddress, subject: string, sink: Sink) {
    this.#address = address;
    this.#subject = subject;
    this.#sink = sink;
  }

  async start(): Promise<void> {
    const client = await connected(this.#address);
    try {
      this.#feed = await this.#streamFeed(client);
    } catch (error) {
      await client.close();
      throw error;
    }
    if (this.#feed !== null) return;
    this.#feed = new CoreFeed(client, this.#address.login, this.#subject, this.#sink);
    await this.#feed.start();
  }

  async prove(deadline_ms: number): Promise<Verdict> {
    return this.#feed?.prove(deadline_ms) ?? { complete: false, reason: 'it never started' };
  }

  stop(): void {
    this.#feed?.stop();
  }

  /** What reads the stream that keeps the subject; null when there is none, or no JetStream, or it may not be read. */
  async #streamFeed(client: NatsClient): Promise<Feed | null> {
    try {
      const manager = await client.connection.jetstreamManager({ timeout: request_ms });
      const stream = await streamOf(manager, this.#subject);
      if (stream === null) return null;
      const feed = new StreamFeed({ client, login: this.#address.login, manager }, stream, this.#subject, this.#sink);
      await feed.start();
      return feed;
    } catch (error) {
      if (error instanceof NatsError) return null;
      throw error;
    }
  }
}

async function connected(address: NatsAddress): Promise<NatsClient> {
  for (const deadline_ms = performance.now() + start_ms; ;) {
    try {
      return await connectNats(address, connect_ms, 'observer', true);
    } catch (error) {
      if (error instanceof Refused || performance.now() > deadline_ms) throw error;
    }
    await pause(retry_ms);
  }
}

/** The stream that keeps every message of a subject; subjects of two streams never overlap, so there is one at most. */
async function streamOf(manager: JetStreamManager, subject: string): Promise<string | null> {
  for await (const { config } of manager.streams.list(subject)) if (keeps(config, subject)) return config.name;
  return null;
}
