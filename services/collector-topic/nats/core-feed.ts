import { setTimeout as pause } from 'node:timers/promises';
import { Events, type Msg } from 'nats';
import { natsFailure, type NatsLogin } from '../../clients/nats-login.ts';
import type { NatsClient } from '../../clients/nats.ts';
import { within } from '../../collector/within.ts';
import type { Verdict } from '../../collector/verdict.ts';
import type { Feed, Message, Sink } from '../message.ts';
import { natsMessage } from './message.ts';
import { withheldOf } from './withheld.ts';

const flush_ms = 5000;
const retry_ms = 20;

/**
 * A subject by a plain subscription. The server keeps nothing, but it delivers in order: a PONG comes behind every message that it had
 * routed before the PING. What was sent while the connection was broken is a gap.
 */
export class CoreFeed implements Feed {
  readonly #client: NatsClient;
  readonly #login: NatsLogin | null;
  readonly #subject: string;
  readonly #sink: Sink;
  #waiting: Message[] = [];
  #taken: Promise<void> = Promise.resolve();
  #stopped = false;
  /** Why nothing comes any more; empty as long as something may. */
  #end = '';
  /** What may be kept back; empty where nothing is. */
  #doubt = '';
  /** Rejects what waits for the server. */
  #interrupt: (error: Error) => void = () => {};

  constructor(client: NatsClient, login: NatsLogin | null, subject: string, sink: Sink) {
    this.#client = client;
    this.#login = login;
    this.#subject = subject;
    this.#sink = sink;
  }

  async start(): Promise<void> {
    const { connection } = this.#client;
    const { subjects, doubt } = await withheldOf(connection, this.#login, this.#subject);
    if (subjects.length > 0)
      this.#sink.gap(null, `the server keeps back what its permissions deny inside of ${this.#subject}: allow ${subjects.join(', ')}`);
    this.#doubt = doubt;
    connection.subscribe(this.#subject, {
      callback: (error, message) => (error ? this.#ended('the subscription failed', error) : this.#receive(message)),
    });
    void this.#watch();
    void connection.closed().then((error) => error && this.#ended('the connection was closed', error));
    await within(connection.flush(), performance.now() + flush_ms, 'the server did not answer');
  }

  async prove(deadline_ms: number): Promise<Verdict> {
    let reason = 'it was not asked in time';
    while (performance.now() < deadline_ms && !this.#stopped && this.#end === '') {
      try {
        await within(this.#flushed(), deadline_ms, 'no answer in time');
        await within(this.#taken, deadline_ms, 'the messages could not be decoded in time');
        if (this.#end === '')
          return { complete: true, reason: 'the server answered behind its last message', vacuous: '', sampled: this.#doubt };
      } catch (error) {
        reason = `the server does not answer: ${(error as Error).message}`;
      }
      await pause(retry_ms);
    }
    return { complete: false, reason: this.#end || reason };
  }

  stop(): void {
    this.#stopped = true;
    void this.#client.close();
  }

  #receive({ subject, data, headers }: Msg): void {
    if (this.#waiting.push(natsMessage(subject, data, headers, null, null)) > 1) return;
    this.#taken = this.#taken.then(async () => {
      const messages = this.#waiting;
      this.#waiting = [];
      await this.#sink.take(messages);
    });
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#client.connection.status()) {
      if (this.#stopped) return;
      if (type === Events.Disconnect)
        this.#sink.gap(null, 'the connection to the server broke; what was sent until it was there again is missing');
    }
  }

  /** Rejects too when nothing comes any more: the client leaves what waits on a connection that was closed for good. */
  #flushed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#interrupt = reject;
      this.#client.connection.flush().then(resolve, reject);
    });
  }

  #ended(what: string, error: Error): void {
    if (this.#stopped || this.#end !== '') return;
    this.#end = `${what}: ${natsFailure(error, this.#login).message}`;
    this.#sink.gap(null, this.#end);
    this.#interrupt(new Error(this.#end));
  }
}
