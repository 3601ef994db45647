import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decodeRecords } from '../../schemas/codec.ts';
import type { SyscallRecord } from '../../schemas/generated/records.ts';
import { openLogReader } from '../bus/log/reader.ts';
import { monotonicNs } from '../collector/clock.ts';

/** What stands in the way of tracing here; null when nothing does. */
export const untraceable = process.getuid?.() === 0 ? null : 'tracing needs root';

function cgroup2(): string {
  const line = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((l) => l.split(' ')[2] === 'cgroup2');
  if (!line) throw new Error('cgroup v2 is not mounted');
  return line.split(' ')[1]!;
}

type Answer = Readonly<{ done?: number; failed?: number; code?: string; message?: string }>;

/** A collector on a bus of its own, a cgroup for a service, and everything removed at `end`. For tests. */
export class TestBench {
  readonly dir = mkdtempSync(join(tmpdir(), 'collector-syscall-'));
  readonly collector: ChildProcess;
  readonly #cgroups: string[] = [];
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #lastId = 0;

  /** `ringBytes`: room between kernel and tracer, a power of two. */
  constructor(ringBytes = 1 << 22) {
    const main = join(import.meta.dirname, 'main.ts');
    const env = { ...process.env, FAULTBOX_RING_BYTES: String(ringBytes) };
    const stdio = ['ignore', 'inherit', 'inherit', 'pipe'] as const;
    this.collector = spawn(process.execPath, [main, '--run', 'r', '--bus', this.dir], { env, stdio: [...stdio] });
    const channel = this.collector.stdio[3] as Socket;
    createInterface({ input: channel }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      this.#waiting.get(answer.done ?? answer.failed ?? 0)?.(answer);
    });
  }

  /** Sends a request and waits for its answer. */
  ask(request: object): Promise<Answer> {
    const id = ++this.#lastId;
    (this.collector.stdio[3] as Socket).write(`${JSON.stringify({ ...request, id })}\n`);
    return new Promise((resolve) => this.#waiting.set(id, resolve));
  }

  /** Makes a cgroup and attaches it as a service of test `t`. */
  async attach(service: string, trace: 'default' | 'all' = 'default'): Promise<string> {
    const cgroup = join(cgroup2(), `collector-syscall-test-${process.pid}-${this.#cgroups.length}-${this.dir.slice(-6)}`);
    mkdirSync(cgroup);
    this.#cgroups.push(cgroup);
    const answer = await this.ask({ do: 'attach', test: 't', source: `syscall/${service}`, service, cgroup, trace });
    if (answer.done === undefined) throw new Error(answer.message);
    return cgroup;
  }

  /** Starts a program inside a cgroup. It is a member before its exec. */
  start(cgroup: string, ...command: string[]): ChildProcess {
    const shell = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
    return spawn('/bin/sh', ['-c', shell, cgroup, ...command], { stdio: ['pipe', 'ignore', 'inherit'] });
  }

  /** Runs a program inside a cgroup to its end. */
  run(cgroup: string, ...command: string[]): Promise<number | null> {
    return new Promise((resolve) => this.start(cgroup, ...command).on('close', resolve));
  }

  barrier(barrier: number): Promise<Answer> {
    const now = monotonicNs();
    return this.ask({ do: 'barrier', test: 't', barrier, until_ns: String(now), deadline_ns: String(now + 5_000_000_000n), drained: {} });
  }

  /** Everything on the bus so far. */
  records(): SyscallRecord[] {
    const reader = openLogReader(this.dir, 'syscall');
    const records = reader.read().flatMap((block) => decodeRecords('syscall', block.records));
    reader.close();
    return records;
  }

  async end(): Promise<void> {
    const gone = new Promise((resolve) => this.collector.once('close', resolve));
    if (this.collector.exitCode === null && this.collector.signalCode === null) {
      (this.collector.stdio[3] as Socket).end();
      await gone;
    }
    for (const cgroup of this.#cgroups) await remove(cgroup);
    rmSync(this.dir, { recursive: true });
  }
}

async function remove(cgroup: string): Promise<void> {
  writeFileSync(join(cgroup, 'cgroup.kill'), '1');
  const populated = (): boolean => readFileSync(join(cgroup, 'cgroup.events'), 'utf8').includes('populated 1');
  while (populated()) await new Promise((resolve) => setTimeout(resolve, 5));
  rmdirSync(cgroup);
}
