import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { decodeRecords, type RecordOf, type Room } from '../../../schemas/codec.ts';
import { openLogReader } from '../../bus/log/reader.ts';
import { monotonicNs } from '../clock.ts';

export type Answer = Readonly<Record<string, unknown>>;

/** What a test asks at a barrier. */
export interface BarrierQuestion {
  readonly reason?: 'judge' | 'flow';
  readonly faulted?: readonly string[];
  readonly within_ms?: number;
  readonly test?: string;
}

/** A collector process with a bus of its own, driven as the runner drives it. */
export class CollectorProcess<R extends Room> {
  readonly dir: string;
  readonly run: string;
  readonly process: ChildProcess;
  readonly #room: R;
  readonly #channel: Duplex;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #id = 0;
  #barrier = 0;

  constructor(room: R, run = 'r1') {
    this.run = run;
    this.#room = room;
    this.dir = mkdtempSync(join(tmpdir(), `faultbox-${room}-`));
    this.process = spawn(
      process.execPath,
      [join(import.meta.dirname, '..', '..', `collector-${room}`, 'main.ts'), '--run', run, '--bus', this.dir],
      { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] },
    );
    this.#channel = this.process.stdio[3] as Duplex;
    this.#channel.on('error', () => {});
    this.process.once('exit', (code) => {
      for (const [id, settle] of this.#waiting) settle({ failed: id, message: `the collector ended, exit code ${code}` });
    });
    let rest = '';
    this.#channel.on('data', (data: Buffer) => {
      const lines = (rest + String(data)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) {
        const answer = JSON.parse(line) as Answer;
        this.#waiting.get((answer['done'] ?? answer['failed']) as number)?.(answer);
      }
    });
  }

  ask(request: object): Promise<Answer> {
    const id = ++this.#id;
    this.#channel.write(`${JSON.stringify({ ...request, id })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Takes a barrier and returns what the collector put on the bus for it. */
  async barrier(question: BarrierQuestion = {}): Promise<RecordOf[R]> {
    const barrier = await this.askBarrier(question);
    return this.records().find((r) => r.barrier === barrier)!;
  }

  /** Takes a barrier; its number. */
  async askBarrier({ reason = 'judge', faulted = [], within_ms = 5000, test = 't' }: BarrierQuestion = {}): Promise<number> {
    const barrier = ++this.#barrier;
    const now = monotonicNs();
    await this.ask({
      do: 'barrier',
      over: {},
      test,
      barrier,
      reason,
      faulted,
      until_ns: String(now),
      deadline_ns: String(now + BigInt(within_ms) * 1_000_000n),
    });
    return barrier;
  }

  async detach(test = 't'): Promise<void> {
    await this.ask({ do: 'detach', test });
  }

  records(): Array<RecordOf[R]> {
    const reader = openLogReader(this.dir, this.#room);
    const out: Array<RecordOf[R]> = [];
    for (let blocks = reader.read(); blocks.length > 0; blocks = reader.read())
      for (const b of blocks) out.push(...decodeRecords(this.#room, b.records));
    return out;
  }

  /** Ends it by closing its channel, as the runner does, and removes its bus. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.#channel.destroy();
    if (this.process.exitCode === null && this.process.signalCode === null) await ended;
    rmSync(this.dir, { recursive: true });
  }
}
