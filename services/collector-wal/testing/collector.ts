import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { decodeRecords } from '../../../schemas/codec.ts';
import type { WalRecord } from '../../../schemas/generated/records.ts';
import { openLogReader } from '../../bus/log/reader.ts';
import { monotonicNs } from '../../collector/clock.ts';

type Answer = Readonly<Record<string, unknown>>;

/** An event's data, as far as tests look into it. */
export interface Row {
  readonly table: string;
  readonly schema: string;
  readonly action: string;
  readonly new: Readonly<Record<string, unknown>> | null;
  readonly old: Readonly<Record<string, unknown>> | null;
  readonly [key: string]: unknown;
}

/** What a test asks at a barrier. */
export interface BarrierQuestion {
  readonly reason?: 'judge' | 'flow';
  readonly faulted?: readonly string[];
  readonly within_ms?: number;
  readonly test?: string;
}

/** A collector process with a bus of its own, driven as the runner drives it. */
export class TestCollector {
  readonly dir: string;
  readonly run: string;
  readonly process: ChildProcess;
  readonly #channel: Duplex;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #id = 0;
  #barrier = 0;

  constructor(run = 'r1') {
    this.run = run;
    this.dir = mkdtempSync(join(tmpdir(), 'faultbox-wal-'));
    this.process = spawn(process.execPath, [join(import.meta.dirname, '..', 'main.ts'), '--run', run, '--bus', this.dir], { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
    this.#channel = this.process.stdio[3] as Duplex;
    this.#channel.on('error', () => {});
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

  attach(port: number, tables: readonly string[], own: object = {}, test = 't'): Promise<Answer> {
    const plan = { kind: 'wal', port, tables, database: 'postgres', user: 'postgres', password: '', ...own };
    return this.ask({ do: 'attach', test, source: 'wal/db', service: 'db', plan, leases: {} });
  }

  /** Takes a barrier and returns what the collector put on the bus for it. */
  async barrier(question: BarrierQuestion = {}): Promise<WalRecord> {
    const barrier = await this.askBarrier(question);
    return this.records().find((r) => r.barrier === barrier)!;
  }

  /** Takes a barrier; its number. */
  async askBarrier({ reason = 'judge', faulted = [], within_ms = 5000, test = 't' }: BarrierQuestion = {}): Promise<number> {
    const barrier = ++this.#barrier;
    const now = monotonicNs();
    await this.ask({ do: 'barrier', test, barrier, reason, faulted, until_ns: String(now), deadline_ns: String(now + BigInt(within_ms) * 1_000_000n) });
    return barrier;
  }

  async detach(test = 't'): Promise<void> {
    await this.ask({ do: 'detach', test });
  }

  records(): WalRecord[] {
    const reader = openLogReader(this.dir, 'wal');
    const out: WalRecord[] = [];
    for (let blocks = reader.read(); blocks.length > 0; blocks = reader.read()) for (const b of blocks) out.push(...decodeRecords('wal', b.records));
    return out;
  }

  /** The data of all events, in their order. */
  rows(): Row[] {
    return this.records().filter((r) => r.type === 'wal').map((r) => JSON.parse(r.data!) as Row);
  }

  /** Ends it by closing its channel, as the runner does, and removes its bus. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once('exit', resolve));
    this.#channel.destroy();
    if (this.process.exitCode === null && this.process.signalCode === null) await ended;
    rmSync(this.dir, { recursive: true });
  }
}
