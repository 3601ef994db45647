import type { Room } from '../../../schemas/codec.ts';
import type { Block } from '../../bus/bus.ts';
import type { TextTable } from '../../store/texts.ts';
import { callInts, callLongs, callTexts, stage, type EventPool } from '../order/event-pool.ts';
import type { Source } from '../order/source.ts';
import type { TestOrder } from '../order/test-order.ts';
import type { ServicePorts } from '../rows/peers.ts';
import type { Words } from '../words.ts';
import type { Epoch } from './epoch.ts';
import { AttributeReader, attributesIn } from './attributes.ts';
import { CommitReader } from './commit.ts';
import { RecordReader } from './record-reader.ts';

const header = ['run', 'test', 'service', 'source', 'position', 'type', 'at_ns', 'barrier', 'until_ns', 'lost', 'reason', 'data'] as const;
/** Fields whose columns have another name. */
const named: Readonly<Record<string, string>> = { duration: 'duration_ns', tcpSeq: 'tcp_seq', peerInode: 'peer_inode' };

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
  /** Null in rooms whose records have none. */
  readonly #attributes: AttributeReader | null;
  readonly #commits: CommitReader | null;
  readonly #offset: number;
  readonly #logOffset: number;
  readonly #batchOffset: number;
  readonly #fields: { readonly textFields: Int32Array; readonly longFields: Int32Array; readonly intFields: Int32Array };

  constructor(room: Room, table: TextTable, words: Words, epoch: Epoch, tests: Tests) {
    this.#room = room;
    this.#words = words;
    this.#texts = table;
    this.#epoch = epoch;
    this.#tests = tests;
    const reader = (this.#reader = new RecordReader(room, table));
    this.#f = Object.fromEntries(header.map((name) => [name, reader.field(name)])) as Record<(typeof header)[number], number>;
    const find = (name: string) => (reader.has(name) ? reader.field(name) : -1);
    const fields = (columns: readonly string[]) => Int32Array.from(columns, (c) => find(named[c] ?? c));
    this.#attributes = attributesIn(room) ? new AttributeReader(reader) : null;
    this.#commits = room === 'wal' ? new CommitReader(reader, epoch) : null;
    this.#offset = room === 'syscall' ? reader.field('offset') : -1;
    this.#logOffset = find('log_offset');
    this.#batchOffset = find('batch_offset');
    this.#fields = { textFields: fields(callTexts), longFields: fields(callLongs), intFields: fields(callInts) };
  }

  /** Takes in a block; returns the tests that got an answer or a barrier, and the time of the last record. */
  take(block: Block): { readonly moved: Set<TestOrder>; readonly reached: number } {
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
    return { moved, reached: this.#epoch.since(reader.low[this.#f.at_ns]!, reader.high[this.#f.at_ns]!) };
  }

  /** False when the record is none. */
  #event(test: TestOrder, type: number): boolean {
    const words = this.#words;
    const isOpen = type === words.open;
    if (!isOpen && type !== words.gap && !words.ofCollectors.has(type) && !words.ofRunner.has(type)) return false;
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
    this.#columns(pool, i);
    if (isOpen) {
      pool.stage[i] = stage.open;
      pool.long.ret.has[i] = 0;
    }
    const from = reader.from[f.data]!;
    const to = reader.to[f.data]!;
    if (from >= 0 && to - from > 2) pool.setData(i, reader.bytes, from, to);
    pool.attributes[i] = this.#attributes?.read();
    pool.commits[i] = this.#commits?.read();
    if (this.#has(this.#batchOffset)) pool.batches[i] = reader.numbers[this.#batchOffset]!;
    if (this.#has(this.#logOffset)) test.knowAppend(i, reader.numbers[this.#logOffset]!);
    else if (this.#has(this.#offset) && pool.id.syscall[i] === this.#words.pwrite64) test.knowWrite(i, reader.numbers[this.#offset]!);
  }

  /** Whether the record has this field; -1 stands for one that this room lacks. */
  #has(field: number): boolean {
    return field >= 0 && this.#reader.present[field] === 1;
  }

  /** Copies the columns that only some rooms have; -1 stands for a field that this room lacks. */
  #columns(pool: EventPool, i: number): void {
    const { ids, low, high, present } = this.#reader;
    const { textFields, longFields, intFields } = this.#fields;
    for (let c = 0; c < textFields.length; c++) {
      const field = textFields[c]!;
      pool.texts[c]![i] = field < 0 ? 0 : ids[field]!;
    }
    for (let c = 0; c < longFields.length; c++) {
      const field = longFields[c]!;
      const { words, has } = pool.longs[c]!;
      has[i] = field < 0 ? 0 : present[field]!;
      if (field < 0) continue;
      words[i * 2] = low[field]!;
      words[i * 2 + 1] = high[field]!;
    }
    for (let c = 0; c < intFields.length; c++) {
      const field = intFields[c]!;
      const { values, has } = pool.ints[c]!;
      has[i] = field < 0 ? 0 : present[field]!;
      if (field >= 0) values[i] = low[field]!;
    }
  }

  #place(pool: EventPool, i: number, source: Source, type: number): void {
    const reader = this.#reader;
    const f = this.#f;
    pool.id.type[i] = type;
    pool.id.service[i] = reader.ids[f.service]!;
    if (this.#words.ofTest.has(type)) pool.id.service[i] = this.#words.test;
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
    const end = reader.present[f.until_ns] === 1 ? f.until_ns : f.at_ns;
    const until = this.#epoch.since(reader.low[end]!, reader.high[end]!);
    const reason = reader.rawText(f.reason);
    const data = reader.rawText(f.data);
    const identity = [reader.numbers[f.position], reader.high[f.at_ns], reader.low[f.at_ns], until, lost, reason, data].join('/');
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
    pool.setNumber('duration', i, until - pool.at[i]!);
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
    if (this.#room === 'wal' && type === words.ready) this.#ready(test);
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
    const position = foreign ? null : reader.numbers[f.position]!;
    const lost = reader.present[f.lost] === 1 ? reader.numbers[f.lost]! : complete ? 0 : null;
    const { vacuous = '', sampled = '' } = JSON.parse(reader.rawText(f.data) || '{}') as { vacuous?: string; sampled?: string };
    test.answer(source, reader.numbers[f.barrier]!, {
      complete,
      position,
      lost,
      reason: reader.rawText(f.reason),
      vacuous,
      sampled,
      foreign,
    });
  }

  #ready(test: TestOrder): void {
    const { wal_segment_bytes } = JSON.parse(this.#reader.rawText(this.#f.data)) as { wal_segment_bytes: number };
    test.configureWal(this.#reader.ids[this.#f.service]!, wal_segment_bytes);
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
