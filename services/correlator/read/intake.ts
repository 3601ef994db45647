import type { Room } from '../../../schemas/codec.ts';
import type { Block } from '../../bus/bus.ts';
import type { TextTable } from '../../store/texts.ts';
import type { EventPool } from '../order/event-pool.ts';
import { stage } from '../order/event-pool.ts';
import type { Source } from '../order/source.ts';
import type { TestOrder } from '../order/test-order.ts';
import type { ServicePorts } from '../rows/peers.ts';
import type { Words } from '../words.ts';
import type { Epoch } from './epoch.ts';
import { RecordReader } from './record-reader.ts';

const header = ['run', 'test', 'service', 'source', 'position', 'type', 'at_ns', 'barrier', 'until_ns', 'lost', 'reason', 'data'] as const;
const texts = ['syscall', 'path', 'target', 'object', 'local', 'remote', 'address', 'errno', 'decision', 'label'] as const;
const longs = [['size', 'size'], ['ret', 'ret'], ['duration', 'duration_ns'], ['tcpSeq', 'tcp_seq'], ['inode', 'inode'], ['peerInode', 'peer_inode']] as const;
const ints = ['fd', 'pid', 'tid', 'flags'] as const;

/** Where records of tests go. */
export interface Tests {
  /** The run's own record. `data` is its JSON. */
  run(data: string): void;
  /** The test of a name, a number of the text table; null for one that is past. */
  test(name: number): TestOrder | null;
  end(name: number): void;
}

/** Takes the records of one room apart: events into the pools of their tests, control records to their tests. */
export class Intake {
  readonly #room: Room;
  readonly #words: Words;
  readonly #texts: TextTable;
  readonly #epoch: Epoch;
  readonly #tests: Tests;
  readonly #reader: RecordReader;
  readonly #f: Record<(typeof header)[number], number>;
  readonly #textFields: ReadonlyArray<readonly [(typeof texts)[number], number]>;
  readonly #longFields: ReadonlyArray<readonly [(typeof longs)[number][0], number]>;
  readonly #intFields: ReadonlyArray<readonly [(typeof ints)[number], number]>;
  readonly #absentTexts: ReadonlyArray<(typeof texts)[number]>;
  readonly #absentLongs: ReadonlyArray<(typeof longs)[number][0]>;
  readonly #absentInts: ReadonlyArray<(typeof ints)[number]>;

  constructor(room: Room, table: TextTable, words: Words, epoch: Epoch, tests: Tests) {
    this.#room = room;
    this.#words = words;
    this.#texts = table;
    this.#epoch = epoch;
    this.#tests = tests;
    const reader = (this.#reader = new RecordReader(room, table));
    this.#f = Object.fromEntries(header.map((name) => [name, reader.field(name)])) as Record<(typeof header)[number], number>;
    this.#textFields = texts.filter((c) => reader.has(c)).map((c) => [c, reader.field(c)] as const);
    this.#longFields = longs.filter(([, name]) => reader.has(name)).map(([c, name]) => [c, reader.field(name)] as const);
    this.#intFields = ints.filter((c) => reader.has(c)).map((c) => [c, reader.field(c)] as const);
    this.#absentTexts = texts.filter((c) => !reader.has(c));
    this.#absentLongs = longs.filter(([, name]) => !reader.has(name)).map(([c]) => c);
    this.#absentInts = ints.filter((c) => !reader.has(c));
  }

  /** Takes in a block; returns the tests that got an answer or a barrier. */
  take(block: Block): Set<TestOrder> {
    const reader = this.#reader;
    const words = this.#words;
    const moved = new Set<TestOrder>();
    reader.start(block.records);
    while (reader.next()) {
      const type = reader.ids[this.#f.type]!;
      if (type === words.run) {
        this.#tests.run(reader.rawText(this.#f.data));
        continue;
      }
      const name = reader.ids[this.#f.test]!;
      if (this.#texts.bytes(name).length === 0) continue;
      const test = this.#tests.test(name);
      if (test === null || this.#event(test, type)) continue;
      if (this.#control(test, type)) moved.add(test);
      if (type === words.end) this.#tests.end(name);
    }
    return moved;
  }

  /** False when the record is none. */
  #event(test: TestOrder, type: number): boolean {
    const words = this.#words;
    const isOpen = type === words.open;
    const isLine = type === words.stdout || type === words.stderr;
    const isRunners = type === words.fault || type === words.step_send || type === words.step_recv || type === words.lifecycle || type === words.violation;
    if (!isOpen && type !== words.syscall && !isLine && !isRunners && type !== words.gap) return false;
    const source = test.source(this.#reader.ids[this.#f.source]!);
    if (type === words.gap) this.#gap(test, source);
    else this.#add(test, source, isOpen ? words.syscall : type, isOpen);
    return true;
  }

  #add(test: TestOrder, source: Source, type: number, isOpen: boolean): void {
    const reader = this.#reader;
    const f = this.#f;
    const position = reader.numbers[f.position]!;
    if (position <= source.lastPosition) return;
    source.lastPosition = position;
    const { pool } = test;
    const i = pool.add();
    this.#place(pool, i, source, type);
    for (const [c, field] of this.#textFields) pool.id[c][i] = reader.ids[field]!;
    for (const c of this.#absentTexts) pool.id[c][i] = 0;
    for (const [c, field] of this.#longFields) this.#long(pool, c, field, i);
    for (const c of this.#absentLongs) pool.long[c].has[i] = 0;
    for (const [c, field] of this.#intFields) {
      pool.int[c].values[i] = reader.low[field]!;
      pool.int[c].has[i] = reader.present[field]!;
    }
    for (const c of this.#absentInts) pool.int[c].has[i] = 0;
    if (isOpen) {
      pool.stage[i] = stage.open;
      pool.long.ret.has[i] = 0;
    }
    const from = reader.from[f.data]!;
    const to = reader.to[f.data]!;
    if (from >= 0 && to - from > 2) pool.setData(i, reader.bytes, from, to);
  }

  #place(pool: EventPool, i: number, source: Source, type: number): void {
    const reader = this.#reader;
    const f = this.#f;
    pool.id.type[i] = type;
    pool.id.service[i] = reader.ids[f.service]!;
    if (type === this.#words.step_send || type === this.#words.step_recv || type === this.#words.violation) pool.id.service[i] = this.#words.test;
    pool.id.source[i] = reader.ids[f.source]!;
    this.#long(pool, 'position', f.position, i);
    pool.at[i] = this.#epoch.since(reader.low[f.at_ns]!, reader.high[f.at_ns]!);
    pool.via[i] = source.index;
    pool.after[i] = source.answered;
  }

  #long(pool: EventPool, column: keyof EventPool['long'], field: number, i: number): void {
    const { words, has } = pool.long[column];
    words[i * 2] = this.#reader.low[field]!;
    words[i * 2 + 1] = this.#reader.high[field]!;
    has[i] = this.#reader.present[field]!;
  }

  /** A gap waits with its length as `duration`, the lost events as `ret` and its reason as data. */
  #gap(test: TestOrder, source: Source): void {
    const reader = this.#reader;
    const f = this.#f;
    const lost = reader.present[f.lost] === 1 ? reader.numbers[f.lost]! : null;
    const until = reader.present[f.until_ns] === 1 ? [reader.low[f.until_ns]!, reader.high[f.until_ns]!] : [reader.low[f.at_ns]!, reader.high[f.at_ns]!];
    const reason = reader.rawText(f.reason);
    const data = reader.rawText(f.data);
    const identity = `${reader.numbers[f.position]}/${reader.high[f.at_ns]}/${reader.low[f.at_ns]}/${until.join('/')}/${lost}/${reason}/${data}`;
    if (source.gaps.has(identity)) return;
    source.gaps.add(identity);
    const { pool } = test;
    const i = pool.addEmpty();
    this.#place(pool, i, source, this.#words.gap);
    const subject = this.#room === 'runner' && data !== '' ? (JSON.parse(data) as { source?: string }).source : undefined;
    if (subject !== undefined) {
      pool.id.source[i] = this.#texts.internText(subject);
      test.source(pool.id.source[i]!);
    }
    pool.setNumber('duration', i, this.#epoch.since(until[0]!, until[1]!) - pool.at[i]!);
    if (lost !== null) pool.setNumber('ret', i, lost);
    pool.setDataText(i, reason);
  }

  /** True when the test may have got what it waits for. */
  #control(test: TestOrder, type: number): boolean {
    const reader = this.#reader;
    const words = this.#words;
    const f = this.#f;
    const at = () => this.#epoch.since(reader.low[f.at_ns]!, reader.high[f.at_ns]!);
    if (type === words.complete || type === words.incomplete) {
      this.#answer(test, type === words.complete);
      return true;
    }
    if (this.#room !== 'runner') return false;
    if (type === words.barrier) {
      this.#barrier(test);
      return true;
    }
    if (type === words.test) test.begin(at(), (JSON.parse(reader.rawText(f.data)) as { services?: ServicePorts }).services ?? {});
    else if (type === words.stdio) this.#stdio(test);
    else if (type === words.attach) test.source(this.#texts.internText((JSON.parse(reader.rawText(f.data)) as { source: string }).source));
    return false;
  }

  #answer(test: TestOrder, complete: boolean): void {
    const reader = this.#reader;
    const f = this.#f;
    const source = test.source(reader.ids[f.source]!);
    const foreign = this.#room === 'runner' && source.kind !== 'runner' && source.kind !== 'fault';
    const position = foreign ? (Number.isFinite(source.lastPosition) ? source.lastPosition : 0) : reader.numbers[f.position]!;
    const lost = reader.present[f.lost] === 1 ? reader.numbers[f.lost]! : complete ? 0 : null;
    test.answer(source, reader.numbers[f.barrier]!, { complete, position, lost, reason: reader.rawText(f.reason), foreign });
  }

  #barrier(test: TestOrder): void {
    const reader = this.#reader;
    const f = this.#f;
    const { sources } = JSON.parse(reader.rawText(f.data)) as { sources: readonly string[] };
    test.addBarrier({
      number: reader.numbers[f.barrier]!,
      until: this.#epoch.since(reader.low[f.until_ns]!, reader.high[f.until_ns]!),
      reason: reader.rawText(f.reason),
      sources: sources.map((s) => test.source(this.#texts.internText(s))),
    });
  }

  #stdio(test: TestOrder): void {
    const service = this.#reader.text(this.#f.service);
    const { stdout, stderr } = JSON.parse(this.#reader.rawText(this.#f.data)) as { stdout: number; stderr: number };
    test.connectLines(`stdout/${service}`, stdout);
    test.connectLines(`stderr/${service}`, stderr);
  }
}
