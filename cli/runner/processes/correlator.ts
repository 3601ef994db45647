import { join } from 'node:path';
import { busText, type BusLocation } from '../../../services/bus/location.ts';
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

/** The run's correlator. One that dies is started again and reads the bus from its beginning. */
export class Correlator {
  readonly #run: string;
  readonly #folders: Folders;
  readonly #bus: string;
  readonly #store: ReturnType<typeof storeArguments>;
  readonly #stored = new Map<string, Stored>();
  readonly #waiting = new Map<string, { resolve: (stored: Stored) => void; reject: (error: Error) => void; readonly timer: NodeJS.Timeout }>();
  #child: Child;
  #restarts = 0;
  #ending = false;
  #failure: EnvironmentError | null = null;

  constructor(run: string, folders: Folders, bus: BusLocation, store: StoreLocation) {
    this.#run = run;
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
      const late = new EnvironmentError('E_CORRELATOR', `The correlator waits for barrier ${barrier} of test "${test}" and has stored nothing for ${patience_ms / 1000} s.`);
      const timer = setTimeout(() => reject(late), patience_ms);
      const settled = <A>(then: (value: A) => void) => (value: A) => {
        clearTimeout(timer);
        then(value);
      };
      this.#waiting.set(key, { resolve: settled(resolve), reject: settled(reject), timer });
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

  #start(): Child {
    const child = new Child({
      program: process.execPath,
      args: [join(packageRoot, 'services', 'correlator', 'main.ts'), '--run', this.#run, '--bus', this.#bus, '--store', this.#store.text],
      env: { ...process.env as Record<string, string>, ...this.#store.env },
      log: join(this.#folders.run, 'correlator.log'),
    }, (line) => this.#receive(line));
    void child.ended.then((how) => this.#onEnd(how));
    return child;
  }

  #receive(line: string): void {
    const message = JSON.parse(line) as { stored?: Stored; failed?: number; code?: string; message?: string };
    if (message.stored) {
      const key = `${message.stored.test}\0${message.stored.barrier}`;
      this.#stored.set(key, message.stored);
      this.#waiting.get(key)?.resolve(message.stored);
      this.#waiting.delete(key);
      // It goes on: whoever waits for a later barrier waits with reason.
      for (const { timer } of this.#waiting.values()) timer.refresh();
    } else if (message.failed !== undefined) this.#fail(new EnvironmentError(message.code ?? 'E_CORRELATOR', message.message ?? 'the correlator failed'));
  }

  #onEnd(how: string): void {
    if (this.#ending || this.#failure) return;
    if (++this.#restarts > maxRestarts) return this.#fail(new EnvironmentError('E_CORRELATOR', `The correlator ended again and again (${how}):\n${this.#child.lastWords()}`));
    this.#child = this.#start();
  }

  #fail(error: EnvironmentError): void {
    this.#failure = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
