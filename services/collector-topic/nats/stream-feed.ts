import { setTimeout as pause } from 'node:timers/promises';
import { NatsError, type JetStreamManager, type StoredMsg } from 'nats';
import type { NatsClient } from '../../clients/nats.ts';
import { within } from '../../collector/within.ts';
import type { Feed, Sink, Verdict } from '../message.ts';
import { natsMessage } from './message.ts';

const idle_ms = 20;
const retry_ms = 20;
const notFound = 404;

/** A subject that a JetStream stream keeps: read message by message from the stream's end at the start on, without a consumer. */
export class StreamFeed implements Feed {
  readonly #client: NatsClient;
  readonly #manager: JetStreamManager;
  readonly #stream: string;
  readonly #subject: string;
  readonly #sink: Sink;
  /** The sequence to read next. */
  #next = 1;
  #reading: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(client: NatsClient, manager: JetStreamManager, stream: string, subject: string, sink: Sink) {
    this.#client = client;
    this.#manager = manager;
    this.#stream = stream;
    this.#subject = subject;
    this.#sink = sink;
  }

  async start(): Promise<void> {
    const { state } = await this.#manager.streams.info(this.#stream);
    this.#next = state.last_seq + 1;
    void this.#follow();
  }

  async prove(deadline_ms: number): Promise<Verdict> {
    let reason = 'it was not asked in time';
    while (performance.now() < deadline_ms && !this.#stopped) {
      try {
        await within(this.#drain(), deadline_ms, `stream ${this.#stream} has been read to sequence ${this.#next - 1}`);
        return { complete: true, reason: `stream ${this.#stream} was read until it had no more`, vacuous: '' };
      } catch (error) {
        reason = (error as Error).message;
      }
      await pause(retry_ms);
    }
    return { complete: false, reason };
  }

  stop(): void {
    this.#stopped = true;
    void this.#client.close();
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      await this.#drain().catch(() => {});
      await pause(idle_ms);
    }
  }

  /** Reads until the stream has nothing behind what was read; begins behind the reading that is in work. */
  #drain(): Promise<void> {
    const drained = this.#reading.then(() => this.#readOn());
    this.#reading = drained.catch(() => {});
    return drained;
  }

  async #readOn(): Promise<void> {
    const { state } = await this.#manager.streams.info(this.#stream);
    if (state.first_seq > this.#next) {
      this.#sink.gap(null, `stream ${this.#stream} begins at sequence ${state.first_seq}; what stood from ${this.#next} on was removed before it was read`);
      this.#next = state.first_seq;
    }
    while (!this.#stopped && this.#next <= state.last_seq) {
      const found = await this.#message(this.#next);
      if (found === null) {
        this.#next = state.last_seq + 1;
        return;
      }
      await this.#sink.take([natsMessage(found.subject, found.data, found.header, found.seq, found.time.getTime())]);
      this.#next = found.seq + 1;
    }
  }

  /** The first message of the subject at a sequence or behind it; null when there is none. */
  async #message(seq: number): Promise<StoredMsg | null> {
    try {
      return await this.#manager.streams.getMessage(this.#stream, { seq, next_by_subj: this.#subject } as { seq: number });
    } catch (error) {
      if (error instanceof NatsError && error.api_error?.code === notFound) return null;
      throw error;
    }
  }
}
