import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { ChannelFailure } from '../collector/channel.ts';
import { FrameCutter, type Frame } from './frames.ts';

const program = join(import.meta.dirname, '../../native/build/tracer');

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** The native tracer as a child: commands in, blocks of records out. */
export class Tracer {
  readonly #child: ChildProcess;
  readonly #commands: Socket;
  readonly #cutter = new FrameCutter();
  readonly #waiting = new Map<number, Waiting>();
  readonly #onRecords: (records: Buffer, count: number) => void;
  #lastId = 0;
  #dead: ChannelFailure | null = null;
  /** Settled when the tracer runs in the kernel; rejected with the reason when it cannot. */
  readonly up: Promise<void>;

  /** Starts it. `ringBytes` is the room between kernel and tracer, a power of two. */
  constructor(onRecords: (records: Buffer, count: number) => void, ringBytes: number) {
    this.#onRecords = onRecords;
    this.#child = spawn(program, [String(ringBytes)], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] });
    this.#commands = this.#child.stdio[3] as Socket;
    this.#commands.on('error', () => {});
    this.up = new Promise((resolve, reject) => this.#waiting.set(0, { resolve, reject }));
    this.up.catch(() => {});
    this.#child.stdout!.on('data', (chunk: Buffer) => this.#cutter.push(chunk).forEach((frame) => this.#take(frame)));
    this.#child.on('error', (error) => this.#die(`The tracer cannot be started (${error.message}): run native/build.sh.`));
    this.#child.on('close', (code, signal) => this.#die(`The tracer ended (${signal ?? `exit ${code}`}).`));
  }

  /** Why it is dead, or null while it lives. */
  get dead(): ChannelFailure | null {
    return this.#dead;
  }

  /** Sends a command and waits until the tracer has done it; everything it recorded before has then been handed on. */
  async command(verb: string, ...words: Array<string | number>): Promise<void> {
    await this.up;
    if (this.#dead) throw this.#dead;
    if (words.some((word) => /[\t\n]/.test(String(word)))) {
      throw new ChannelFailure('E_NAME', 'Names of tests and services cannot hold tabs or line breaks.');
    }
    const id = ++this.#lastId;
    const done = new Promise<void>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#commands.write(`${[verb, id, ...words].join('\t')}\n`);
    return done;
  }

  /** Takes nothing more from it until then: what the kernel's ring cannot hold meanwhile is counted as lost. */
  holdUntil(room: Promise<void>): void {
    const output = this.#child.stdout!;
    output.pause();
    const resume = () => void output.resume();
    room.then(resume, resume);
  }

  /** Ends it; resolves when it is gone. */
  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined) return;
    const gone = new Promise((resolve) => this.#child.once('close', resolve));
    this.#commands.end();
    await gone;
  }

  #take(frame: Frame): void {
    if (frame.kind === 'records') {
      this.#onRecords(frame.records, frame.count);
      return;
    }
    const [verb = '', id = '0', code = '', text = ''] = frame.text.split('\t');
    if (verb === 'up') this.#settle(0)?.resolve();
    else if (verb === 'done') this.#settle(Number(id))?.resolve();
    else if (verb === 'failed') this.#settle(Number(id))?.reject(new ChannelFailure(code, sentence(text)));
    else if (verb === 'dead') this.#die(sentence(code), id);
  }

  #settle(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #die(reason: string, code = 'E_TRACER'): void {
    this.#dead ??= new ChannelFailure(code, reason);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#dead);
    this.#waiting.clear();
  }
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
