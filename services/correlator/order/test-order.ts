import { Connections } from '../causes/connections.ts';
import { Faults } from '../causes/faults.ts';
import { Pipes } from '../causes/pipes.ts';
import { Processes } from '../causes/processes.ts';
import type { EventBlock } from '../../store/event-block.ts';
import type { TextTable } from '../../store/texts.ts';
import { Peers, type ServicePorts } from '../rows/peers.ts';
import { RowWriter } from '../rows/row-writer.ts';
import type { RowSink } from '../rows/sink.ts';
import type { Words } from '../words.ts';
import { isDue, type Barrier } from './barrier.ts';
import { Commits } from './commits.ts';
import { byPlace, byTime } from './comparison.ts';
import { EventPool, stage } from './event-pool.ts';
import { Lines } from './lines.ts';
import { Messages } from './messages.ts';
import { Patience } from './patience.ts';
import { Placing, type TestName } from './placing.ts';
import { prove, Source, type Answer } from './source.ts';
import { turnOf } from './turn.ts';

/**
 * One test: gathers its events, and at each barrier, once every source has answered it, puts those up to its moment in order. What
 * is decided depends on the records of each source in their order and on nothing else (RUNTIME §3–§6).
 */
export class TestOrder {
  readonly pool = new EventPool();
  /** The test's start, ns since the run's epoch. */
  start = 0;
  readonly #name: TestName;
  readonly #texts: TextTable;
  readonly #words: Words;
  readonly #sink: RowSink;
  readonly #sources: Source[] = [];
  readonly #byName = new Map<number, Source>();
  readonly #barriers: Barrier[] = [];
  /** Numbers of the last barrier that was asked for and of the last that is past. */
  #lastBarrier = 0;
  #released = 0;
  readonly #peers: Peers;
  readonly #connections: Connections;
  readonly #pipes: Pipes;
  readonly #processes: Processes;
  readonly #faults: Faults;
  readonly #lines: Lines;
  readonly #commits: Commits;
  readonly #messages: Messages;
  readonly #placing: Placing;
  readonly #none: number;
  /** Sources of calls that have lost some. */
  readonly #blind = new Set<Source>();
  readonly #patience: Patience;

  constructor(name: TestName, texts: TextTable, words: Words, block: EventBlock, sink: RowSink) {
    const { pool } = this;
    this.#name = name;
    this.#texts = texts;
    this.#words = words;
    this.#sink = sink;
    this.#none = texts.internText('');
    this.#peers = new Peers(texts, words);
    this.#connections = new Connections(pool, words);
    this.#pipes = new Pipes(pool, words);
    this.#processes = new Processes(pool, words);
    this.#faults = new Faults(pool, words);
    this.#lines = new Lines(pool, words, texts, this.#pipes);
    this.#commits = new Commits(pool, words, texts);
    this.#messages = new Messages(pool, words, texts);
    this.#patience = new Patience((kind, service, until) => {
      const beside = kind === 'topic' ? this.#messages : kind === 'wal' ? this.#commits : null;
      return beside?.anchored(texts.internText(service), until) ?? false;
    });
    this.#placing = new Placing(name, pool, block, new RowWriter(pool, texts, words, this.#peers), sink, words.test);
  }

  begin(start: number, services: ServicePorts): void {
    this.start = start;
    this.#peers.declare(services);
  }

  /** The source of a name (number of the text table), made when it is new. */
  source(name: number): Source {
    let source = this.#byName.get(name);
    if (!source) {
      const text = this.#texts.text(name);
      source = new Source(this.#sources.length, text);
      this.#sources.push(source);
      this.#byName.set(name, source);
    }
    return source;
  }

  /** A service's stdout or stderr is this pipe. */
  connectLines(source: string, inode: number): void {
    this.#lines.connect(source, inode);
  }

  /** A PostgreSQL server's files in pg_wal have this size. */
  configureWal(service: number, segmentBytes: number): void {
    this.#commits.configure(service, segmentBytes);
  }

  /** A call wrote at a place of its file. */
  knowWrite(i: number, offset: number): void {
    this.#commits.know(i, offset);
  }

  /** A call wrote into a segment of a Kafka log: the batch that begins at this offset, -1 for anything but one whole batch. */
  knowAppend(i: number, log_offset: number): void {
    this.#messages.know(i, log_offset);
  }

  addBarrier(barrier: Barrier): void {
    if (barrier.number <= this.#lastBarrier) return;
    this.#lastBarrier = barrier.number;
    this.#barriers.push(barrier);
  }

  answer(source: Source, barrier: number, answer: Answer): void {
    if (!answer.foreign) source.answered = Math.max(source.answered, barrier);
    if (barrier <= this.#released) return;
    if (answer.foreign || !source.answers.has(barrier)) source.answers.set(barrier, answer);
  }

  /** Whether a barrier is due; `atEnd`: all that is on the bus for now is read. */
  due(atEnd: boolean): boolean {
    const next = this.#barriers[0];
    return next !== undefined && isDue(next, atEnd);
  }

  get waits(): boolean {
    return this.#barriers.length > 0;
  }

  /** Orders the events up to the barrier that is due and hands them on. */
  release(): void {
    const barrier = this.#barriers.shift()!;
    this.#released = barrier.number;
    const turn = turnOf(barrier, this.#sources, this.pool);
    turn.sort(byTime(this.pool, this.#texts));
    this.#doubt(barrier);
    if (!this.#patience.defers(barrier, turn.length)) this.#settle(turn, barrier);
    const sources = barrier.sources.map((s) => prove(s, s.answers.get(barrier.number)!));
    for (const s of barrier.sources) for (const n of s.answers.keys()) if (n <= barrier.number) s.answers.delete(n);
    const { number, until, reason } = barrier;
    this.#sink.barrier({ test: this.#name.name, barrier: number, seq: this.#placing.seq, until: until - this.start, reason, sources });
  }

  /** Puts the events up to a barrier in order and hands them on. */
  #settle(turn: readonly number[], barrier: Barrier): void {
    this.#know(turn, barrier.until);
    this.#explain(turn, barrier.until);
    this.#follow(turn, barrier);
    const sorted = this.#upTo(turn, barrier.until);
    for (const i of sorted) {
      const source = this.#byName.get(this.pool.id.source[i]!);
      if (source && this.pool.id.type[i] !== this.#words.gap) source.events++;
    }
    this.#placing.place(sorted, this.start, this.#none);
    this.#leave(turn, sorted);
  }

  /** Lost calls mean that bytes in pipes cannot be counted any more. */
  #doubt(barrier: Barrier): void {
    for (const s of barrier.sources) {
      const { lost } = s.answers.get(barrier.number)!;
      if (s.kind !== 'syscall' || lost === 0) continue;
      this.#pipes.breakAll();
      this.#blind.add(s);
    }
  }

  #know(turn: readonly number[], until: number): void {
    const { pool } = this;
    const words = this.#words;
    const fresh = turn.filter((i) => pool.stage[i] === stage.fresh);
    for (const i of fresh) if (pool.id.type[i] === words.fault) this.#faults.know(i);
    for (const i of turn) if (pool.stage[i] === stage.open) this.#knowOpen(i);
    for (const i of fresh) {
      const type = pool.id.type[i]!;
      pool.stage[i] = stage.known;
      pool.key[i] = pool.at[i]!;
      if (type === words.gap) this.#knowGap(i);
      // What was committed or sent before the barrier may have been read after it.
      else if (words.readLater.has(type)) pool.key[i] = Math.min(pool.at[i]!, until);
      else if (type === words.syscall) this.#knowCall(i);
      else if (type === words.step_send || type === words.step_recv) {
        this.#peers.learn(pool, i);
        this.#connections.know(i);
      }
    }
  }

  #knowOpen(i: number): void {
    this.pool.key[i] = Infinity;
    this.#connections.knowOpen(i);
  }

  #knowCall(i: number): void {
    const { pool } = this;
    if (this.#faults.any) this.#faults.join(i);
    if (pool.id.object[i] !== 0) {
      if (pool.id.local[i] !== 0) this.#peers.learn(pool, i);
      this.#connections.know(i);
      this.#pipes.know(i);
    } else this.#processes.know(i);
  }

  #knowGap(i: number): void {
    const { pool } = this;
    const source = this.#byName.get(pool.id.source[i]!);
    if (!source) return;
    const lost = pool.long.ret.has[i] === 1 ? pool.number('ret', i) : null;
    source.lost = lost === null || source.lost === null ? null : source.lost + lost;
    source.doubt ??= pool.dataText(i) || 'it has a gap';
    if (source.kind === 'syscall') this.#pipes.breakAll();
  }

  #explain(turn: readonly number[], until: number): void {
    const { pool } = this;
    const words = this.#words;
    for (const i of turn) {
      if (pool.at[i]! > until) break;
      if (pool.stage[i] !== stage.known) continue;
      const type = pool.id.type[i]!;
      if (type === words.stdout || type === words.stderr || type === words.wal || type === words.topic) continue;
      pool.stage[i] = stage.explained;
      if (type === words.syscall && pool.id.object[i] !== 0) {
        this.#connections.explain(i);
        this.#pipes.explain(i);
      } else if (type === words.step_recv) this.#connections.explain(i);
    }
  }

  /** Gives places to what stands next to something else. */
  #follow(turn: readonly number[], { until, reason }: Barrier): void {
    const { pool } = this;
    const words = this.#words;
    if (this.#processes.waiting) {
      for (const i of this.#upTo(turn, until)) if (pool.id.type[i] === words.syscall) this.#processes.explain(i);
    }
    const lines = turn.filter((i) => pool.id.type[i] === words.stdout || pool.id.type[i] === words.stderr);
    if (lines.length > 0) {
      lines.sort((a, b) => pool.id.source[a]! - pool.id.source[b]! || pool.number('position', a) - pool.number('position', b));
      this.#lines.place(lines, { until, last: reason === 'final', traced: (service) => this.#syscalls(service) !== undefined });
    }
    const round = { until, reason, traced: (service: number) => this.#tracedWhole(service) };
    this.#commits.place(this.#unplaced(turn, words.wal), round);
    this.#messages.place(this.#unplaced(turn, words.topic), round);
    this.#faults.place(until);
  }

  /** Events of a type that have no place yet, each source's in their order. */
  #unplaced(turn: readonly number[], type: number): number[] {
    const { pool } = this;
    const found = turn.filter((i) => pool.id.type[i] === type && pool.stage[i] === stage.known);
    return found.sort((a, b) => pool.id.source[a]! - pool.id.source[b]! || pool.number('position', a) - pool.number('position', b));
  }

  /** Whether every call of a service is known. */
  #tracedWhole(service: number): boolean {
    const source = this.#syscalls(service);
    return source !== undefined && source.doubt === null && !this.#blind.has(source);
  }

  #syscalls(service: number): Source | undefined {
    return this.#byName.get(this.#texts.internText(`syscall/${this.#texts.text(service)}`));
  }

  #upTo(turn: readonly number[], until: number): number[] {
    const { pool } = this;
    return turn.filter((i) => pool.key[i]! <= until).sort(byPlace(pool, this.#texts));
  }

  /** Forgets what was placed, and running calls that nothing needed. */
  #leave(turn: readonly number[], placed: readonly number[]): void {
    const { pool } = this;
    const gone = new Uint8Array(pool.count);
    for (const i of placed) gone[i] = 1;
    for (const i of turn) if (pool.stage[i] === stage.open) gone[i] = 1;
    const movedTo = pool.remove(gone);
    this.#faults.renumber(movedTo);
    this.#lines.renumber(movedTo);
    this.#connections.prune();
    this.#pipes.prune();
    this.#commits.prune();
  }
}
