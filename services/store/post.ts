import { Agent, request, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { checkAnswer } from './answer.ts';
import type { Address } from './client.ts';
import type { Settings } from './settings.ts';

/**
 * The short way to a ClickHouse server for inserts, whose time counts at every barrier: one POST on a kept connection.
 * (`@clickhouse/client` lets a timer pass before each request, so that even the smallest takes 2 ms longer.)
 */
export class Poster {
  readonly #agent: Agent;
  readonly #request: typeof request;
  readonly #target: URL;
  readonly #authorization: string;
  readonly #always: Array<[string, string]>;

  /** `settings`: what every query is executed with. */
  constructor(address: Address, settings: Settings) {
    this.#target = new URL(address.url);
    const tls = this.#target.protocol === 'https:';
    this.#request = tls ? tlsRequest : request;
    this.#agent = new (tls ? TlsAgent : Agent)({ keepAlive: true, maxSockets: 8 });
    const { username, password, database } = address;
    this.#authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    this.#always = Object.entries({ ...settings, database });
  }

  /** The answer to a query; `search` are URL parameters of ClickHouse's HTTP interface. A refusal is an Error with `type`. */
  async post(search: URLSearchParams, body: readonly Uint8Array[] | string, signal: AbortSignal): Promise<string> {
    const whole = new URLSearchParams([...this.#always, ...search]);
    for (let attempt = 1; ; attempt++) {
      const sent = this.#once(whole, body, signal);
      try {
        return await sent.answer;
      } catch (error) {
        if (attempt > 1 || !sent.reused() || (error as { code?: string }).code !== 'ECONNRESET') throw error;
      }
    }
  }

  close(): void {
    this.#agent.destroy();
  }

  /** One attempt. On a kept connection it may meet the server's closing it, which is no answer and nothing was done. */
  #once(
    search: URLSearchParams,
    body: readonly Uint8Array[] | string,
    signal: AbortSignal,
  ): { readonly answer: Promise<string>; reused(): boolean } {
    const length = typeof body === 'string' ? Buffer.byteLength(body) : body.reduce((sum, part) => sum + part.length, 0);
    const { hostname, port } = this.#target;
    const headers = { Authorization: this.#authorization, 'Content-Length': length };
    const out = this.#request({ hostname, port, method: 'POST', path: `/?${search}`, agent: this.#agent, headers, signal });
    const answer = new Promise<string>((resolve, reject) => {
      out.on('error', reject);
      out.on('response', (response) => void read(response).then(resolve, reject));
      if (typeof body === 'string') out.end(body);
      else {
        for (const part of body) out.write(part);
        out.end();
      }
    });
    return { answer, reused: () => out.reusedSocket };
  }
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString('utf8');
  if (response.statusCode === 200) {
    checkAnswer(response.headers);
    return text;
  }
  const found = /Code: (\d+)\. DB::Exception: ([\s\S]*?)\(([A-Z_0-9]+)\)(?: \(version .*\))?\s*$/.exec(text);
  throw Object.assign(new Error((found?.[2] ?? text).trim()), { code: found?.[1] ?? String(response.statusCode), type: found?.[3] ?? '' });
}
