import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';

const script = join(import.meta.dirname, '..', '..', '..', 'examples', 'services', 'postgres.sh');

/** A PostgreSQL server of a test's own, on a free port of loopback. */
export class TestServer {
  readonly port: number;
  readonly #dir: string;
  readonly #bin: string;
  readonly #settings: readonly string[];
  #process: ChildProcess;
  #said = '';

  private constructor(port: number, bin: string, settings: readonly string[]) {
    this.port = port;
    this.#bin = bin;
    this.#settings = settings;
    this.#dir = mkdtempSync(join(tmpdir(), 'faultbox-postgres-'));
    chmodSync(this.#dir, 0o711);
    this.#process = this.#spawn();
  }

  static async start(bin = '', settings: readonly string[] = []): Promise<TestServer> {
    const server = new TestServer(
      await freePort(),
      bin,
      settings.flatMap((s) => ['-c', s]),
    );
    await server.ready();
    return server;
  }

  /** Settles when it takes logins. */
  async ready(): Promise<void> {
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`the server ended: ${this.#said}`);
      const client = new Client({ host: '127.0.0.1', port: this.port, user: 'postgres', database: 'postgres' });
      client.on('error', () => {});
      if (
        await client.connect().then(
          () => true,
          () => false,
        )
      )
        return client.end();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** A session; close it with `end`. */
  async client(database = 'postgres', user = 'postgres'): Promise<Client> {
    const client = new Client({ host: '127.0.0.1', port: this.port, user, database });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** Runs statements, each in a transaction of its own, and returns the rows of the last. */
  async run(...statements: string[]): Promise<Array<Record<string, unknown>>> {
    const client = await this.client();
    let rows: Array<Record<string, unknown>> = [];
    try {
      for (const sql of statements) rows = (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
    return rows;
  }

  /** Ends the server as `signal` does and starts it again on the same data. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.#end(signal);
    this.#process = this.#spawn();
    await this.ready();
  }

  async stop(): Promise<void> {
    await this.#end('SIGQUIT');
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #spawn(): ChildProcess {
    const child = spawn(script, [String(this.port), ...this.#settings], {
      cwd: this.#dir,
      env: { ...process.env, TMPDIR: this.#dir, PG_BIN: this.#bin },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    child.stderr.on('data', (text: Buffer) => (this.#said = (this.#said + String(text)).slice(-2000)));
    return child;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('close', resolve));
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill(signal);
    await ended;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
