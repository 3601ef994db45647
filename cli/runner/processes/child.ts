import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';

const patience_ms = 2000;

/** How to start one of our own processes. */
export interface ChildOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** File for whatever it says on stdout and stderr, for a post-mortem. */
  readonly log: string;
}

/** A process of ours with the private line channel on its descriptor 3. It is not in our process group: Ctrl-C is ours to handle. */
export class Child {
  readonly process: ChildProcess;
  /** Settles when the process has ended: its exit code, or the signal that ended it. */
  readonly ended: Promise<string>;
  readonly #channel: Duplex;
  readonly #log: string;
  #rest = '';

  constructor(options: ChildOptions, onLine: (line: string) => void) {
    const log = openSync(options.log, 'a', 0o600);
    this.#log = options.log;
    this.process = spawn(options.program, options.args, {
      stdio: ['ignore', log, log, 'pipe'],
      detached: true,
      env: options.env ?? process.env,
    });
    closeSync(log);
    this.#channel = this.process.stdio[3] as Duplex;
    this.#channel.setEncoding('utf8');
    this.#channel.on('error', () => {});
    this.#channel.on('data', (text: string) => this.#receive(text, onLine));
    this.ended = new Promise((resolve) => {
      this.process.once('error', (error) => resolve(error.message));
      this.process.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  send(line: string): void {
    if (this.#channel.writable) this.#channel.write(`${line}\n`);
  }

  /** Closes the channel, which asks the process to end and to end what it holds; settles when it has. One that does not is killed. */
  async end(): Promise<void> {
    this.#channel.end();
    this.#channel.destroy();
    await this.endsWithin(patience_ms);
  }

  /** Settles when the process has ended, which it is made to when it has not within the time. */
  async endsWithin(ms: number): Promise<void> {
    const timer = setTimeout(() => this.process.kill('SIGKILL'), ms);
    await this.ended;
    clearTimeout(timer);
  }

  /** The last lines of its log, for an error message. */
  lastWords(lines = 5): string {
    try {
      return readFileSync(this.#log, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
    } catch {
      return '';
    }
  }

  #receive(text: string, onLine: (line: string) => void): void {
    this.#rest += text;
    for (let nl = this.#rest.indexOf('\n'); nl >= 0; nl = this.#rest.indexOf('\n')) {
      const line = this.#rest.slice(0, nl);
      this.#rest = this.#rest.slice(nl + 1);
      onLine(line);
    }
  }
}
