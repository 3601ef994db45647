import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBroker } from './broker.ts';
import { makeCertificates, type Certificates } from './certificates.ts';
import { loginListener, password, tlsListeners, user, type Door, type Listener } from './listeners.ts';
import { freePortPair } from './ports.ts';
import { registryPath, startRegistry } from './registry.ts';
import type { LocalServer } from './server.ts';

interface Parts {
  readonly dir: string;
  readonly port: number;
  readonly registryPort: number;
  readonly listeners: readonly Listener[];
  readonly certificates: Certificates | null;
  readonly settings: readonly string[];
}

/** A broker and a registry of their own in a temporary folder, for tests and measurements. */
export class LocalKafka {
  readonly #parts: Parts;
  readonly #registry: LocalServer;
  #broker: LocalServer;

  private constructor(parts: Parts, broker: LocalServer, registry: LocalServer) {
    this.#parts = parts;
    this.#broker = broker;
    this.#registry = registry;
  }

  /** With `tls` it has certificates and every door of `Door`, without only `login`. `settings`: more lines of the broker's properties. */
  static async start({ tls = false, settings = [] as readonly string[] } = {}): Promise<LocalKafka> {
    const dir = mkdtempSync(join(tmpdir(), 'faultbox-kafka-'));
    const [port, registryPort, login] = [await freePortPair(), await freePortPair(), await freePortPair()];
    const certificates = tls ? makeCertificates(join(dir, 'certificates')) : null;
    const ports = async () => ({
      tls: await freePortPair(),
      secure: await freePortPair(),
      mutual: await freePortPair(),
      expired: await freePortPair(),
      elsewhere: await freePortPair(),
    });
    const listeners = [loginListener(login), ...(certificates ? tlsListeners(certificates, await ports()) : [])];
    const [broker, registry] = await Promise.all([
      startBroker(join(dir, 'broker'), port, { listeners, settings }),
      startRegistry(join(dir, 'registry'), registryPort),
    ]);
    return new LocalKafka({ dir, port, registryPort, listeners, certificates, settings }, broker, registry);
  }

  /** What `--bus` is told. */
  get bus(): string {
    return `kafka://127.0.0.1:${this.#parts.port}?registry=${this.registry}`;
  }

  /** The same broker where it asks for a login, and the password that it takes. */
  get busWithLogin(): { readonly bus: string; readonly password: string } {
    return { bus: this.busAt('login', 'sasl=plain', true), password };
  }

  /** The same broker at another door. */
  busAt(door: Door | 'plain', settings: string, login = false): string {
    const port = door === 'plain' ? this.#parts.port : this.#parts.listeners.find((l) => l.name === door.toUpperCase())!.port;
    return `kafka://${login ? `${user}@` : ''}127.0.0.1:${port}?registry=${this.registry}&${settings}`;
  }

  get registry(): string {
    return `http://127.0.0.1:${this.#parts.registryPort}${registryPath}`;
  }

  /** Throws where it was started without. */
  get certificates(): Certificates {
    if (this.#parts.certificates === null) throw new Error('This broker was started without TLS.');
    return this.#parts.certificates;
  }

  /** SIGKILL to the broker. */
  async killBroker(): Promise<void> {
    await this.#broker.kill();
  }

  /** SIGSTOP to the broker: it keeps its connections and is silent. */
  pauseBroker(): void {
    process.kill(this.#broker.pid, 'SIGSTOP');
  }

  /** SIGCONT to the broker. */
  resumeBroker(): void {
    process.kill(this.#broker.pid, 'SIGCONT');
  }

  /** Starts the broker again, with what it had. */
  async startBroker(): Promise<void> {
    const { dir, port, listeners, settings } = this.#parts;
    this.#broker = await startBroker(join(dir, 'broker'), port, { listeners, settings });
  }

  /** Ends both and removes everything. */
  async end(): Promise<void> {
    await Promise.all([this.#broker.kill(), this.#registry.kill()]);
    rmSync(this.#parts.dir, { recursive: true, force: true });
  }
}
