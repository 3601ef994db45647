import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { monotonicNs } from '../collector/clock.ts';
import type { Publisher, SourceName } from '../collector/publisher.ts';
import type { Decoder } from '../collector/decode/decoder.ts';
import { LineCutter, type Line } from './lines.ts';

/** What a source may turn into events; beyond it bytes are counted. */
export interface Limits {
  readonly max_lines: number;
  readonly max_bytes: number;
}

const chunk = Buffer.allocUnsafe(1 << 20);

/** One captured stream of a service: follows the file that launch fills and publishes its lines. */
export class Stream {
  readonly name: SourceName;
  readonly #type: 'stdout' | 'stderr';
  readonly #file: string;
  readonly #decoder: Decoder;
  readonly #limits: Limits;
  readonly #publisher: Publisher<'stdout'>;
  readonly #cutter = new LineCutter();
  #fd: number | null = null;
  #lines = 0;
  #overLines = 0;
  #overFrom_ns: bigint | null = null;
  #lost = 0;
  #position = 0;

  constructor(name: SourceName, type: 'stdout' | 'stderr', file: string, decoder: Decoder, limits: Limits, publisher: Publisher<'stdout'>) {
    this.name = name;
    this.#type = type;
    this.#file = file;
    this.#decoder = decoder;
    this.#limits = limits;
    this.#publisher = publisher;
  }

  ready(): void {
    this.#publisher.publish(this.name, 0, 'ready', monotonicNs(), {});
  }

  /** Reads what the file has, at most `limit` bytes of it. The number of bytes that came. */
  pump(limit = 8 << 20): number {
    const fd = this.#open();
    if (fd === null) return 0;
    let total = 0;
    while (total < limit) {
      const got = readSync(fd, chunk, 0, Math.min(chunk.length, limit - total), this.#cutter.position);
      if (got === 0) break;
      const now = monotonicNs();
      if (this.#overFrom_ns === null) for (const line of this.#cutter.feed(chunk.subarray(0, got))) this.#publish(line, now);
      else this.#overLines += this.#cutter.count(chunk.subarray(0, got));
      total += got;
    }
    return total;
  }

  /** Answers a barrier: everything up to byte `drained` is published. `final`: the stream has ended, its tail is a line too. */
  complete(barrier: number, drained: number, final: boolean): void {
    while (this.#cutter.position < drained && this.pump(drained - this.#cutter.position) > 0);
    if (this.#cutter.position < drained) this.#skipTo(drained);
    const tail = final ? this.#cutter.end() : null;
    if (tail) this.#publish(tail, monotonicNs());
    this.#flushOver();
    this.#publisher.publish(this.name, this.#position, 'complete', monotonicNs(), {
      barrier,
      lost: this.#lost,
      reason: `read to byte ${this.#cutter.position} of the pipe`,
    });
  }

  incomplete(barrier: number, reason: string): void {
    this.#flushOver();
    this.#publisher.publish(this.name, this.#position, 'incomplete', monotonicNs(), { barrier, lost: null, reason });
  }

  close(): void {
    if (this.#fd !== null) closeSync(this.#fd);
  }

  #open(): number | null {
    if (this.#fd !== null) return this.#fd;
    try {
      return (this.#fd = openSync(this.#file, 'r'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  #publish(line: Line, now: bigint): void {
    if (this.#lines >= this.#limits.max_lines || line.end > this.#limits.max_bytes) {
      this.#overLines++;
      this.#overFrom_ns ??= now;
      return;
    }
    this.#lines++;
    this.#position = line.end;
    const data = this.#decoder(line.text.toString('utf8'));
    this.#publisher.publish(this.name, line.end, this.#type, now, { start: line.start, data });
    if (line.cut > 0) this.#gap(now, now, line.cut, 'bytes', 'the line is longer than 16 MiB; its first 16 MiB are kept');
  }

  /** Bytes that launch could not keep (it has said so itself): the line around them is broken there. */
  #skipTo(drained: number): void {
    const size = this.#fd === null ? 0 : fstatSync(this.#fd).size;
    const broken = this.#cutter.skipTo(drained);
    const now = monotonicNs();
    if (broken) this.#publish(broken, now);
    this.#gap(now, now, drained - size, 'bytes', "the output could not be written to the run's file");
  }

  #flushOver(): void {
    if (this.#overFrom_ns === null || this.#overLines === 0) return;
    this.#gap(this.#overFrom_ns, monotonicNs(), this.#overLines, 'lines', 'the output is beyond --max-output');
    this.#overLines = 0;
    this.#overFrom_ns = monotonicNs();
  }

  #gap(from_ns: bigint, until_ns: bigint, lost: number, unit: 'lines' | 'bytes', reason: string): void {
    this.#lost += unit === 'lines' ? lost : 1;
    this.#publisher.publish(this.name, this.#position, 'gap', from_ns, { until_ns, lost, reason: `${lost} ${unit}: ${reason}` });
  }
}
