import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectNats, type NatsClient } from '../../clients/nats.ts';
import { freePortPair } from '../../../infra/kafka/ports.ts';

/** A NATS server with JetStream, of a test's own. */
export class TestNats {
  readonly port: number;
  readonly #dir = mkdtempSync(join(tmpdir(), 'faultbox-nats-'));
  #process: ChildProcess;

  private constructor(port: number) {
    this.port = port;
    this.#process = this.#spawn();
  }

  static async start(): Promise<TestNats> {
    const server = new TestNats(await freePortPair());
    await (await server.client()).close();
    return server;
  }

  /** A client, as soon as the server takes one. */
  async client(): Promise<NatsClient> {
    for (;;) {
      try {
        return await connectNats({ port: this.port, login: null }, 1000, 'step');
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  }

  /** A copy of its data. */
  copyData(): string {
    const copy = mkdtempSync(join(tmpdir(), 'faultbox-nats-'));
    cpSync(this.#dir, copy, { recursive: true });
    return copy;
  }

  /** Kills it and starts it again on the same data, or on a copy that was made of them, which it takes. */
  async crash(copy = ''): Promise<void> {
    await this.#end('SIGKILL');
    if (copy !== '') {
      rmSync(this.#dir, { recursive: true });
      renameSync(copy, this.#dir);
    }
    this.#process = this.#spawn();
    await (await this.client()).close();
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#dir, { recursive: true });
  }

  #spawn(): ChildProcess {
    return spawn('nats-server', ['-a', '127.0.0.1', '-p', String(this.port), '-js', '-sd', this.#dir], { stdio: 'ignore' });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill(signal);
    await ended;
  }
}
