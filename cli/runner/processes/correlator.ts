import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { busText, type BusLocation } from '../../../services/bus/location.ts';
import { groupOf } from '../../../services/bus/open.ts';
import { storeArguments, type StoreLocation } from '../../../services/store/store.ts';
import type { Proof } from '../../../schemas/proof.ts';
import { EnvironmentError } from '../environment-error.ts';
import { packageRoot, type Folders } from '../folders.ts';
import { Child } from './child.ts';

/** Everything up to a barrier is in the store: the last `seq` before it, and what was proven. */
export interface Stored {
  readonly test: string;
  readonly barrier: number;
  readonly seq: number;
  readonly sources: readonly Proof[];
}

const maxRestarts = 5;
const patience_ms = 60_000;
const end_ms = 10_000;
const lookEvery_ms = 20;

/** Asks the store itself for a barrier: null when it is not there yet. */
export type LookUp = (test: string, barrier: number) => Promise<Stored | null>;

interface Waiting {
  readonly test: string;
  readonly barrier: number;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * The run's correlator. One that dies is started again and reads what it had not finished once more, unless that has not helped again and
 * again. Where correlators share a bus, the run's tests may fall to others than its own: then what is stored is also asked of the store.
 */
export class Correlator {
  readonly #run: string;
  readonly #folders: Folders;
  readonly #bus: string;
  readonly #store: ReturnType<typeof storeArguments>;
  readonly #stored = new Map<string, Stored>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #lookUp: LookUp;
  /** Other correlators may have the run's tests. */
  readonly #shared: boolean;
  /** Our correlator's name among those that share the bus. */
  #member = '';
  #looking = false;
  #child: Child;
  #restarts = 0;
  #ending = false;
  #failure: EnvironmentError | null = null;

  constructor(run: string, folders: Folders, bus: BusLocation, store: StoreLocation, lookUp: LookUp) {
    this.#run = run;
    this.#lookUp = lookUp;
    this.#shared = groupOf(bus) !== '';
    this.#store = storeArguments(store);
    this.#folders = folders;
    this.#bus = busText(bus);
    this.#child = this.#start();
  }

  /** Settles when everything up to the barrier can be queried. */
  stored(test: string, barrier: number): Promise<Stored> {
    const key = `${test}\0${barrier}`;
    const known = this.#stored.get(key);
    if (known) return Promise.resolve(known);
    if (this.#failure) return Promise.reject(this.#failure);
    this.poke();
    return new Promise((resolve, reject) => {
      const late = new EnvironmentError(
        'E_CORRELATOR',
        `The correlator waits for barrier ${barrier} of test "${test}" and has stored nothing for ${patience_ms / 1000} s.`,
      );
      const timer = setTimeout(() => reject(late), patience_ms);
      const settled =
        <A>(then: (value: A) => void) =>
        (value: A) => {
          clearTimeout(timer);
          then(value);
        };
      this.#waiting.set(key, { test, barrier, resolve: settled(resolve), reject: settled(reject), timer });
      void this.#look();
    });
  }

  /** New records are on the bus: look at once. */
  poke(): void {
    this.#child.send('{"do":"poke"}');
  }

  /** Settles when everything on the bus is in the store and the process has ended. */
  async end(): Promise<void> {
    this.#ending = true;
    this.#child.send('{"do":"end"}');
    await this.#child.endsWithin(end_ms);
  }

  /** Settles when everything on the bus is in the store, however long that takes. Rejects with why it is not. */
  async finish(): Promise<void> {
    this.#ending = true;
    this.#child.send('{"do":"end"}');
    const how = await this.#child.ended;
    if (this.#failure) throw this.#failure;
    if (how !== 'exit code 0') {
      throw new EnvironmentError('E_CORRELATOR', `The correlator ended before it had stored the run (${how}):\n${this.#child.lastWords()}`);
    }
  }

  #start(): Child {
    const child = new Child(
      {
        program: process.execPath,
        args: [
          join(packageRoot, 'services', 'correlator', 'main.ts'),
          '--run',
          this.#run,
          '--bus',
          this.#bus,
          '--store',
          this.#store.text,
          '--dead',
          this.#member,
        ],
        env: { ...(process.env as Record<string, string>), ...this.#store.env },
        log: join(this.#folders.run, 'correlator.log'),
      },
      (line) => this.#receive(line),
    );
    void child.ended.then((how) => this.#onEnd(how));
    return child;
  }

  #receive(line: string): void {
    const message = JSON.parse(line) as { stored?: Stored; member?: string; failed?: number; code?: string; message?: string };
    if (message.stored) this.#settle(message.stored);
    else if (message.member !== undefined) this.#member = message.member;
    else if (message.failed !== undefined)
      this.#fail(new EnvironmentError(message.code ?? 'E_CORRELATOR', message.message ?? 'the correlator failed'));
  }

  #settle(stored: Stored): void {
    const key = `${stored.test}\0${stored.barrier}`;
    // Beyond what the one before had stored: it gets on.
    if (!this.#stored.has(key)) this.#restarts = 0;
    this.#stored.set(key, stored);
    this.#waiting.get(key)?.resolve(stored);
    this.#waiting.delete(key);
    // It goes on: whoever waits for a later barrier waits with reason.
    for (const { timer } of this.#waiting.values()) timer.refresh();
  }

  /** Asks the store for what is waited for, as long as anything is, where another correlator than ours may have it. */
  async #look(): Promise<void> {
    if (!this.#shared || this.#looking) return;
    this.#looking = true;
    while (this.#waiting.size > 0) {
      await pause(lookEvery_ms);
      await this.#lookOnce();
    }
    this.#looking = false;
  }

  async #lookOnce(): Promise<void> {
    for (const { test, barrier } of this.#waiting.values()) {
      const stored = await this.#lookUp(test, barrier).catch(() => null);
      if (stored) this.#settle(stored);
    }
  }

  #onEnd(how: string): void {
    if (this.#ending || this.#failure) return;
    if (++this.#restarts > maxRestarts)
      return this.#fail(new EnvironmentError('E_CORRELATOR', `The correlator ended again and again (${how}):\n${this.#child.lastWords()}`));
    this.#child = this.#start();
    // What the dead one stored, but did not say any more.
    void this.#lookOnce();
  }

  #fail(error: EnvironmentError): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
