import { join } from 'node:path';
import { busText, type BusLocation } from '../../../services/bus/location.ts';
import { EnvironmentError } from '../environment-error.ts';
import { packageRoot, type Folders } from '../folders.ts';
import { Child } from './child.ts';
import { Requests } from './requests.ts';

export type CollectorKind = 'syscall' | 'stdout' | 'wal' | 'topic' | 'poll';

/** A collector process of this run and the channel to it. */
export class Collector {
  readonly kind: CollectorKind;
  readonly #child: Child;
  readonly #log: string;
  readonly #requests = new Requests<object>();
  #gone = false;

  constructor(kind: CollectorKind, run: string, folders: Folders, bus: BusLocation) {
    this.kind = kind;
    this.#log = join(folders.run, `collector-${kind}.log`);
    this.#child = new Child(
      {
        program: process.execPath,
        args: [join(packageRoot, 'services', `collector-${kind}`, 'main.ts'), '--run', run, '--bus', busText(bus)],
        log: this.#log,
      },
      (line) => this.#answer(line),
    );
    void this.#child.ended.then((how) => this.#onEnd(how));
  }

  /** Whether its process has ended: it answers nothing any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Sends a request and settles with its answer; rejects with an `EnvironmentError`. */
  ask(request: object): Promise<object> {
    return this.#requests.ask((id) => this.#child.send(JSON.stringify({ ...request, id })));
  }

  async end(): Promise<void> {
    await this.#child.end();
  }

  #answer(line: string): void {
    const message = JSON.parse(line) as { done?: number; failed?: number; code?: string; message?: string };
    if (message.done !== undefined) this.#requests.resolve(message.done, message);
    else if (message.failed !== undefined)
      this.#requests.reject(message.failed, new EnvironmentError(message.code ?? 'E_COLLECTOR', message.message ?? 'no reason given'));
  }

  #onEnd(how: string): void {
    this.#gone = true;
    const gone = `collector-${this.kind} was ended by ${how}`;
    this.#requests.fail(
      new EnvironmentError('E_COLLECTOR_GONE', this.#child.lastWords() === '' ? gone : `${gone}; what it said is in ${this.#log}`),
    );
  }
}
