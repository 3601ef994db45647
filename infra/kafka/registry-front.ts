import { readFileSync } from 'node:fs';
import { createServer as createHttp, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';

/** How a registry is shielded. */
export interface RegistryFront {
  readonly user: string;
  readonly password: string;
  /** A file with key and certificate in PEM; null: http. */
  readonly server: string | null;
}

/** A front on loopback that lets only those who log in by basic authentication through to a registry. */
export class ShieldedRegistry {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(registry: string, { user, password, server }: RegistryFront): Promise<ShieldedRegistry> {
    const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    const origin = new URL(registry).origin;
    const pass = (asked: IncomingMessage, answer: ServerResponse) => {
      if (asked.headers.authorization !== expected) {
        answer.writeHead(401, { 'www-authenticate': 'Basic realm="registry"', 'content-type': 'text/plain' }).end('Unauthorized');
        return;
      }
      const { authorization, ...headers } = asked.headers;
      const onward = request(`${origin}${asked.url}`, { method: asked.method, headers }, (got) => {
        answer.writeHead(got.statusCode!, got.headers);
        got.pipe(answer);
      });
      onward.on('error', () => answer.writeHead(502).end());
      asked.pipe(onward);
    };
    const pem = server === null ? null : readFileSync(server, 'utf8');
    const shield = pem === null ? createHttp(pass) : createHttps({ key: pem, cert: pem }, pass);
    await new Promise<void>((resolve) => shield.listen(0, '127.0.0.1', resolve));
    return new ShieldedRegistry(shield);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async end(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
