import { encodeRecord, record, type RecordOf, type Room } from '../../../schemas/codec.ts';
import type { RunnerRecord, StdoutRecord, SyscallRecord } from '../../../schemas/generated/records.ts';
import type { Block } from '../../bus/bus.ts';

/** Records of one run with one test, each room in the order in which its writer would have written them. */
export interface History {
  readonly runner: RunnerRecord[];
  readonly syscall: SyscallRecord[];
  readonly stdout: StdoutRecord[];
}

/** What a history is made of. */
export interface Shape {
  readonly run: string;
  readonly test: string;
  /** Requests: driver → api → db, each with a write into a file and a line of log. */
  readonly requests: number;
  /** A barrier after so many requests, somewhere in the middle of the next. */
  readonly every: number;
  /** Numbers from [0, 1): how long things take. */
  readonly random: () => number;
}

const epoch = 5_000_000_000_000n;
const dbPipe = 700;
const apiPort = 20001;
/** No call lasts longer, ns. */
const longest = 10_000;
const dbPort = 20002;

/** A pseudo-random sequence (mulberry32), the same for a seed everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Call {
  readonly entry: number;
  readonly exit: number;
  readonly service: string;
  readonly fields: Partial<SyscallRecord>;
}
interface Line {
  readonly at: number;
  readonly written: number;
  readonly data: string;
  readonly length: number;
}
interface Step {
  readonly type: 'step_send' | 'step_recv';
  readonly at: number;
  readonly port: number;
  readonly data: string;
}

/** Simulates the requests. Sends may return after their bytes were received; lines are read while their write still runs. */
class Simulation {
  readonly calls: Call[] = [];
  readonly lines: Line[] = [];
  readonly steps: Step[] = [];
  readonly ends: number[] = [];
  now = 1000;
  readonly #random: () => number;
  #toDb = 4_294_967_000;
  #fromDb = 77;
  #log = 0;

  constructor(random: () => number) {
    this.#random = random;
  }

  request(n: number): void {
    const port = 40000 + (n % 20000);
    const body = 20 + Math.floor(this.#random() * 100);
    this.steps.push({ type: 'step_send', at: this.#after(), port, data: `{"n":${n}}` });
    const driver = { local: `127.0.0.1:${apiPort}`, remote: `127.0.0.1:${port}`, object: 'tcp', pid: 10, tid: 10, fd: 7 };
    this.#call('api', 'accept4', { ...driver, ret: 7 }, 0);
    this.#call('api', 'recvfrom', { ...driver, ret: body, tcp_seq: body }, 0);
    const sql = 30 + Math.floor(this.#random() * 200);
    this.#toDb = (this.#toDb + sql) % 4294967296;
    const client = { local: '127.0.0.1:39999', remote: `127.0.0.1:${dbPort}`, object: 'tcp', pid: 10, tid: 10, fd: 8 };
    const server = { local: client.remote, remote: client.local, object: 'tcp', pid: 20, tid: 20 + (n % 2), fd: 9 };
    this.#call('api', 'sendto', { ...client, ret: sql, size: sql, tcp_seq: this.#toDb }, 8);
    this.#call('db', 'recvfrom', { ...server, ret: sql, tcp_seq: this.#toDb }, 0);
    this.#call('db', 'pwrite64', { object: 'file', path: `/data/${n % 40}`, fd: 5, size: 512, ret: 512, pid: 20, tid: 20 }, 0);
    this.#line(n);
    this.#fromDb += 15;
    this.#call('db', 'sendto', { ...server, ret: 15, size: 15, tcp_seq: this.#fromDb }, 8);
    this.#call('api', 'recvfrom', { ...client, ret: 15, tcp_seq: this.#fromDb }, 0);
    this.#call('api', 'sendto', { ...driver, ret: 40, size: 40, tcp_seq: 40 }, 8);
    this.steps.push({ type: 'step_recv', at: this.#after(), port, data: '{"status":200}' });
    this.ends.push(this.now);
  }

  /** One call after the last; `late` calls return after what they cause may have begun. */
  #call(service: string, syscall: string, fields: Partial<SyscallRecord>, late: number): void {
    const entry = this.#after();
    this.now = entry + 1 + Math.floor(this.#random() * 300);
    const exit = this.now + Math.floor(this.#random() * late * 200);
    this.calls.push({ entry, exit, service, fields: { syscall, ...fields } });
  }

  #line(n: number): void {
    const data = `{"level":"${n % 3 === 0 ? 'INFO' : 'DEBUG'}","msg":"insert ${n}","n":${n}}`;
    const length = data.length + 1;
    this.#call('db', 'write', { object: 'pipe', inode: dbPipe, fd: 1, size: length, ret: length, pid: 20, tid: 20 }, 8);
    this.#log += length;
    const { entry } = this.calls.at(-1)!;
    this.lines.push({ at: entry + 1 + Math.floor(this.#random() * 3000), written: this.#log, data, length });
  }

  #after(): number {
    return (this.now += 100 + Math.floor(this.#random() * 2000));
  }
}

/** Makes the records of a history. */
export function makeHistory(shape: Shape): History {
  const { run, test, requests, every, random } = shape;
  const simulation = new Simulation(random);
  for (let n = 0; n < requests; n++) simulation.request(n);
  const moments = simulation.ends.filter((_, n) => n % every === every - 1).map((end) => end - Math.floor(random() * 8000));
  moments.push(simulation.now + 10_000);
  const sources = ['fault/api', 'fault/db', 'runner', 'stdout/db', 'syscall/api', 'syscall/db'];
  const name = { run, test };
  return {
    runner: runnerRecords(name, simulation, moments, sources),
    syscall: syscallRecords(name, simulation, moments),
    stdout: stdoutRecords(name, simulation, moments),
  };
}

interface Name {
  readonly run: string;
  readonly test: string;
}
const clock = (ns: number): bigint => epoch + BigInt(ns);

function runnerRecords(name: Name, simulation: Simulation, moments: readonly number[], sources: readonly string[]): RunnerRecord[] {
  const positions = new Map<string, number>();
  const make = (type: string, at: number, fields: Partial<RunnerRecord>, source = 'runner', test = name.test): RunnerRecord => {
    const position = (positions.get(source) ?? 0) + 1;
    positions.set(source, position);
    return record('runner', { ...name, test, service: '', source, position, type, at_ns: clock(at), ...fields });
  };
  const out = [make('run', 0, { data: JSON.stringify({ epoch_ns: String(epoch), started_at: '2026-03-04T05:06:07.000Z' }) }, 'runner', '')];
  const services = { api: { ports: { 8080: apiPort } }, db: { ports: { 5432: dbPort } } };
  out.push(make('test', 500, { data: JSON.stringify({ name: name.test, services }) }));
  for (const source of sources)
    if (source !== 'runner') out.push(make('attach', 600, { data: JSON.stringify({ source, kind: source.split('/')[0] }) }));
  out.push(make('stdio', 700, { service: 'db', data: JSON.stringify({ stdout: dbPipe, stderr: dbPipe + 1 }) }));
  let step = 0;
  moments.forEach((until, k) => {
    for (; step < simulation.steps.length && simulation.steps[step]!.at <= until; step++) {
      const { type, at, port, data } = simulation.steps[step]!;
      out.push(make(type, at, { data, local: `127.0.0.1:${port}`, remote: `127.0.0.1:${apiPort}` }));
    }
    const reason = k === moments.length - 1 ? 'final' : 'judge';
    out.push(make('barrier', until, { barrier: k + 1, until_ns: clock(until), reason, data: JSON.stringify({ sources }) }));
    for (const source of ['fault/api', 'fault/db', 'runner'])
      out.push(make('complete', until, { barrier: k + 1, lost: 0, reason: 'own' }, source));
  });
  out.push(make('end', moments.at(-1)! + 1, {}));
  return out;
}

function syscallRecords(name: Name, simulation: Simulation, moments: readonly number[]): SyscallRecord[] {
  const positions = { api: 0, db: 0 };
  const make = (service: string, type: string, at: number, fields: Partial<SyscallRecord>): SyscallRecord => {
    const position = ++positions[service as 'api' | 'db'];
    return record('syscall', { ...name, service, source: `syscall/${service}`, position, type, at_ns: clock(at), ...fields });
  };
  const calls = [...simulation.calls].sort((a, b) => a.exit - b.exit);
  const out: SyscallRecord[] = [];
  let from = 0;
  moments.forEach((until, k) => {
    let to = from;
    for (let i = from; i < calls.length && calls[i]!.entry <= until + longest; i++) if (calls[i]!.entry <= until) to = i + 1;
    for (const c of calls.slice(from, to)) out.push(make(c.service, 'syscall', c.exit, { ...c.fields, duration_ns: c.exit - c.entry }));
    from = to;
    for (const service of ['api', 'db'])
      out.push(make(service, 'complete', until, { barrier: k + 1, until_ns: clock(until), lost: 0, reason: 'ring read' }));
  });
  return out;
}

function stdoutRecords(name: Name, simulation: Simulation, moments: readonly number[]): StdoutRecord[] {
  const out: StdoutRecord[] = [];
  const make = (position: number, type: string, at: number, fields: Partial<StdoutRecord>): StdoutRecord =>
    record('stdout', { ...name, service: 'db', source: 'stdout/db', position, type, at_ns: clock(at), ...fields });
  let next = 0;
  let position = 0;
  moments.forEach((until, k) => {
    for (; next < simulation.lines.length && simulation.lines[next]!.at <= until + 2000; next++) {
      const line = simulation.lines[next]!;
      position = line.written;
      out.push(make(position, 'stdout', line.at, { start: position - line.length, data: line.data }));
    }
    out.push(make(position, 'complete', until, { barrier: k + 1, lost: 0, reason: 'read' }));
  });
  return out;
}

/** Records as blocks; `cut` says how many records the next block takes. */
export function blocksOf<R extends Room>(room: R, records: ReadonlyArray<RecordOf[R]>, cut: () => number): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < records.length;) {
    const some = records.slice(at, at + cut());
    at += some.length;
    blocks.push({ room, count: some.length, records: Buffer.concat(some.map((r) => encodeRecord(room, r))) });
  }
  return blocks;
}
