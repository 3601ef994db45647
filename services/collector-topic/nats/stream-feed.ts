import { setTimeout as pause } from 'node:timers/promises';
import { NatsError, type JetStreamManager, type StoredMsg, type StreamInfo } from 'nats';
import { natsFailure, type NatsLogin } from '../../clients/nats-login.ts';
import type { NatsClient } from '../../clients/nats.ts';
import { Refused } from '../../clients/refused.ts';
import { within } from '../../collector/within.ts';
import type { Verdict } from '../../collector/verdict.ts';
import type { Feed, Sink } from '../message.ts';
import { keeps } from './keeps.ts';
import { natsMessage } from './message.ts';
import { removedUnread } from './removed.ts';

const idle_ms = 20;
const retry_ms = 20;
const notFound = 404;

/** How a stream is asked for. */
export interface StreamAccess {
  readonly client: NatsClient;
  readonly login: NatsLogin | null;
  readonly manager: JetStreamManager;
}

/** A subject that a JetStream stream keeps: read message by message from the stream's end at the start on, without a consumer. */
export class StreamFeed implements Feed {
  readonly #client: NatsClient;
  readonly #login: NatsLogin | null;
  readonly #manager: JetStreamManager;
  readonly #stream: string;
  readonly #subject: string;
  readonly #sink: Sink;
  /** The sequence to read next. */
  #next = 1;
  /** Up to here it is known what was removed; what was read from there on. */
  #checked = 1;
  #created: StreamInfo['created'] | null = null;
  /** As of the last answer; what is sent while it does not is missing. */
  #keeps = true;
  readonly #read = new Set<number>();
  #reading: Promise<void> = Promise.resolve();
  #stopped = false;
  /** What the server refused, and nobody reads on then; empty as long as it did not. */
  #refusal = '';

  constructor({ client, login, manager }: StreamAccess, stream: string, subject: string, sink: Sink) {
    this.#client = client;
    this.#login = login;
    this.#manager = manager;
    this.#stream = stream;
    this.#subject = subject;
    this.#sink = sink;
  }

  /** Rejects with the client's error where it may not be read. */
  async start(): Promise<void> {
    const { state, created } = await this.#manager.streams.info(this.#stream);
    this.#created = created;
    this.#next = this.#checked = state.last_seq + 1;
    // Who may ask about a stream may not always have its messages.
    await this.#message(this.#next);
    void this.#watch();
    void this.#follow();
  }

  async prove(deadline_ms: number): Promise<Verdict> {
    let reason = 'it was not asked in time';
    while (performance.now() < deadline_ms && !this.#stopped && this.#refusal === '') {
      try {
        await within(this.#drain(), deadline_ms, `stream ${this.#stream} has been read to sequence ${this.#next - 1}`);
        return { complete: true, reason: `stream ${this.#stream} was read until it had no more`, vacuous: '', sampled: '' };
      } catch (error) {
        reason = (error as Error).message;
      }
      await pause(retry_ms);
    }
    return { complete: false, reason: this.#refusal || reason };
  }

  stop(): void {
    this.#stopped = true;
    void this.#client.close();
  }

  async #follow(): Promise<void> {
    while (!this.#stopped && this.#refusal === '') {
      await this.#drain().catch((error: Error) => this.#refuse(error));
      await pause(idle_ms);
    }
  }

  /** A connection that breaks is made anew, unless the server refuses the login then. */
  async #watch(): Promise<void> {
    const error = await this.#client.connection.closed();
    if (error) this.#refuse(error);
  }

  #refuse(error: Error): void {
    const failure = natsFailure(error, this.#login);
    if (!(failure instanceof Refused) || this.#refusal !== '' || this.#stopped) return;
    this.#refusal = failure.message;
    this.#sink.gap(null, this.#refusal);
  }

  /** Reads until the stream has nothing behind what was read; begins behind the reading that is in work. */
  #drain(): Promise<void> {
    const drained = this.#reading.then(() => this.#readOn());
    this.#reading = drained.catch(() => {});
    return drained;
  }

  async #readOn(): Promise<void> {
    const { state, created, config } = await this.#manager.streams.info(this.#stream);
    if (created !== this.#created) this.#beginAnew(created);
    if (state.last_seq < this.#next - 1) this.#goBack(state.last_seq);
    const kept = keeps(config, this.#subject);
    if (this.#keeps && !kept) this.#sink.gap(null, `stream ${this.#stream} was altered: it does not keep all of ${this.#subject} any more`);
    this.#keeps = kept;
    while (!this.#stopped && this.#next <= state.last_seq) {
      const found = await this.#message(this.#next);
      if (found === null || found.seq > state.last_seq) break;
      await this.#sink.take([natsMessage(found.subject, found.data, found.header, found.seq, found.time.getTime())]);
      this.#read.add(found.seq);
      this.#next = found.seq + 1;
    }
    if (this.#stopped || this.#checked > state.last_seq) return;
    const info = await this.#manager.streams.info(this.#stream, { deleted_details: true });
    const removed = removedUnread(info, this.#subject, this.#checked, state.last_seq, this.#read);
    if (removed !== null) this.#sink.gap(removed.lost, removed.reason);
    this.#next = this.#checked = state.last_seq + 1;
    this.#read.clear();
  }

  #beginAnew(created: StreamInfo['created']): void {
    this.#sink.gap(null, `stream ${this.#stream} was made anew; what it held behind sequence ${this.#next - 1} is missing`);
    this.#created = created;
    this.#next = this.#checked = 1;
    this.#read.clear();
  }

  #goBack(last: number): void {
    this.#sink.gap(null, `stream ${this.#stream} ends at sequence ${last} though it was read to ${this.#next - 1}: its end was lost`);
    this.#next = this.#checked = last + 1;
    this.#read.clear();
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
