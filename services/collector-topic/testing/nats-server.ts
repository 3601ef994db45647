import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { NatsLogin } from '../../clients/nats-login.ts';
import { connectNats, type NatsClient } from '../../clients/nats.ts';
import { freePortPair } from '../../../infra/kafka/ports.ts';

/** Who may log in to a server, in the words of its configuration, and how a test does. */
export interface TestAuthorization {
  readonly authorization: string;
  readonly login: NatsLogin | null;
}

const everyone: TestAuthorization = { authorization: '', login: null };

/** A NATS server with JetStream, of a test's own. */
export class TestNats {
  readonly port: number;
  readonly #dir = mkdtempSync(join(tmpdir(), 'faultbox-nats-'));
  readonly #config = join(mkdtempSync(join(tmpdir(), 'faultbox-nats-')), 'nats.conf');
  #login: NatsLogin | null = null;
  #process: ChildProcess;

  private constructor(port: number, who: TestAuthorization) {
    this.port = port;
    this.#letIn(who);
    this.#process = this.#spawn();
  }

  static async start(who = everyone): Promise<TestNats> {
    const server = new TestNats(await freePortPair(), who);
    await (await server.client()).close();
    return server;
  }

  /** A client, as soon as the server takes one. */
  async client(): Promise<NatsClient> {
    for (;;) {
      try {
        return await connectNats({ port: this.port, login: this.#login }, 1000, 'step');
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

  /** Kills it and starts it again on the same data, letting in others. */
  async restartFor(who: TestAuthorization): Promise<void> {
    this.#letIn(who);
    await this.crash();
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    for (const dir of [this.#dir, dirname(this.#config)]) rmSync(dir, { recursive: true });
  }

  #letIn({ authorization, login }: TestAuthorization): void {
    writeFileSync(this.#config, authorization === '' ? '' : `authorization { ${authorization} }\n`);
    this.#login = login;
  }

  #spawn(): ChildProcess {
    return spawn('nats-server', ['-a', '127.0.0.1', '-p', String(this.port), '-js', '-sd', this.#dir, '-c', this.#config], {
      stdio: 'ignore',
    });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill(signal);
    await ended;
  }
}
