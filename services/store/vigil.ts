import { request } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { Address } from './client.ts';
import { EngineGone } from './errors.ts';

const lookEvery_ms = 1000;
const silence_ms = 15_000;

/**
 * Watches over a request to a server whose answer is long in coming: a query may take its time, but a server that is there answers a ping
 * meanwhile. When it has not for 15 s, `signal` aborts and `failure` says so. An engine of our own closes its connections when it ends.
 */
export class Vigil {
  readonly #address: Address;
  readonly #abort = new AbortController();
  #heard_ms = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #failure: EngineGone | null = null;

  constructor(address: Address) {
    this.#address = address;
    if (!address.embedded) this.#later();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get failure(): EngineGone | null {
    return this.#failure;
  }

  /** The request has been answered. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#look(), lookEvery_ms).unref();
  }

  async #look(): Promise<void> {
    if (await answers(this.#address.url)) this.#heard_ms = performance.now();
    if (this.#timer === undefined) return;
    if (performance.now() - this.#heard_ms < silence_ms) return this.#later();
    this.#failure = new EngineGone(this.#address, new Error(`it was silent for ${silence_ms / 1000} s`));
    this.#abort.abort();
  }
}

/** Whether anything answers there at once, on a connection of its own: those of the client may all be waiting. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ask = url.startsWith('https:') ? tlsRequest : request;
    ask(new URL('/ping', url), { agent: false, signal: AbortSignal.timeout(lookEvery_ms) }, (answer) => {
      answer.destroy();
      resolve(answer.statusCode! < 500);
    })
      .on('error', () => resolve(false))
      .end();
  });
}
