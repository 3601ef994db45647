import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker, type LoginListener } from './broker.ts';
import { freePortPair } from './ports.ts';
import { registryPath, startRegistry } from './registry.ts';
import type { LocalServer } from './server.ts';

/** A broker and a registry of their own in a temporary folder, for tests and measurements. */
export class LocalKafka {
  readonly #dir: string;
  readonly #port: number;
  readonly #registryPort: number;
  readonly #login: LoginListener;
  readonly #registry: LocalServer;
  #broker: LocalServer;

  private constructor(dir: string, port: number, login: LoginListener, registryPort: number, broker: LocalServer, registry: LocalServer) {
    this.#dir = dir;
    this.#port = port;
    this.#registryPort = registryPort;
    this.#login = login;
    this.#broker = broker;
    this.#registry = registry;
  }

  static async start(): Promise<LocalKafka> {
    const dir = mkdtempSync(join(tmpdir(), 'faultbox-kafka-'));
    const [port, registryPort, loginPort] = [await freePortPair(), await freePortPair(), await freePortPair()];
    const login = { port: loginPort, user: 'someone', password: 'local-only' };
    const [broker, registry] = await Promise.all([startBroker(join(dir, 'broker'), port, [], login), startRegistry(join(dir, 'registry'), registryPort)]);
    return new LocalKafka(dir, port, login, registryPort, broker, registry);
  }

  /** What `--bus` is told. */
  get bus(): string {
    return `kafka://127.0.0.1:${this.#port}?${this.#registrySetting}`;
  }

  /** The same broker where it asks for a login, and the password that it takes. */
  get busWithLogin(): { readonly bus: string; readonly password: string } {
    const { user, port, password } = this.#login;
    return { bus: `kafka://${user}@127.0.0.1:${port}?sasl=plain&${this.#registrySetting}`, password };
  }

  get #registrySetting(): string {
    return `registry=http://127.0.0.1:${this.#registryPort}${registryPath}`;
  }

  /** SIGKILL to the broker. */
  async killBroker(): Promise<void> {
    await this.#broker.kill();
  }

  /** Starts the broker again, with what it had. */
  async startBroker(): Promise<void> {
    this.#broker = await startBroker(join(this.#dir, 'broker'), this.#port, [], this.#login);
  }

  /** Ends both and removes everything. */
  async end(): Promise<void> {
    await Promise.all([this.#broker.kill(), this.#registry.kill()]);
    rmSync(this.#dir, { recursive: true, force: true });
  }
}
