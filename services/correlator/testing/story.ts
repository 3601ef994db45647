import { encodeRecord, record, type RecordOf, type Room } from '../../../schemas/codec.ts';
import type { Block } from '../../bus/bus.ts';
import type { Store } from '../../store/store.ts';
import { Correlator } from '../correlator.ts';
import { Inserter } from '../insert/inserter.ts';
import type { StoredBarrier } from '../rows/sink.ts';

export const us = 1000;
let runs = 0;

/** A run told record by record; times are µs from the test's start. */
export class Story {
  readonly run = `run${++runs}`;
  readonly #blocks: Block[] = [];
  readonly #positions = new Map<string, number>();
  readonly #store: Store;
  readonly #sources: readonly string[];

  constructor(store: Store, sources: readonly string[]) {
    this.#store = store;
    this.#sources = sources;
    this.#runner('run', 'runner', 0, { test: '', data: '{"epoch_ns":"1000","started_at":"2026-01-01T00:00:00Z"}' });
    this.#runner('test', 'runner', 0, { data: '{"services":{"api":{"ports":{"80":9080}},"db":{"ports":{"5432":9432}}}}' });
    for (const source of sources) this.#runner('attach', 'runner', 0, { data: JSON.stringify({ source }) });
  }

  call(service: string, at: number, lasted: number, fields: Partial<RecordOf['syscall']>, type = 'syscall'): this {
    return this.#add('syscall', service, `syscall/${service}`, type, at, {
      pid: 1,
      tid: 1,
      ...(type === 'open' ? {} : { ret: 0 }),
      duration_ns: lasted * us,
      ...fields,
    });
  }

  line(service: string, at: number, end: number, data: string): this {
    return this.#add('stdout', service, `stdout/${service}`, 'stdout', at, { data, start: 0 }, end);
  }

  /** A row change; `committed` and `sent` in µs. */
  change(
    service: string,
    at: number,
    commit: { readonly lsn: number; readonly end?: number; readonly committed: number | null; readonly sent: number },
  ): this {
    const ns = (time: number) => 1000 + time * us;
    const committed_ns = commit.committed === null ? null : ns(commit.committed);
    return this.#add('wal', service, `wal/${service}`, 'wal', at, {
      data: `{"n":${commit.lsn}}`,
      table: 't',
      action: 'INSERT',
      commit_lsn: commit.lsn,
      commit_end_lsn: commit.end ?? null,
      committed_ns,
      sent_ns: ns(commit.sent),
    });
  }

  walReady(service: string, wal_segment_bytes: number): this {
    return this.#add('wal', service, `wal/${service}`, 'ready', 0, { data: JSON.stringify({ wal_segment_bytes }) }, 0);
  }

  /** A write into a segment of `log`, `<topic>-<partition>`: `log_offset` as in the schema. */
  append(service: string, at: number, lasted: number, log: string, log_offset: number, segment = 0): this {
    const path = `/data/${log}/${String(segment).padStart(20, '0')}.log`;
    return this.call(service, at, lasted, { syscall: 'write', object: 'file', path, ret: 80, log_offset });
  }

  /** A message that was read at a time; its batch is its own unless another is named. */
  message(service: string, at: number, topic: string, partition: number, offset: number, batch_offset: number | null = offset): this {
    const fields = { data: `{"n":${offset}}`, topic, partition, offset, batch_offset };
    return this.#add('topic', service, `topic/${service}/${topic}`, 'topic', at, fields);
  }

  fault(service: string, at: number, lasted: number, fields: Partial<RecordOf['runner']>): this {
    return this.#add('runner', service, `fault/${service}`, 'fault', at, {
      pid: 1,
      tid: 1,
      duration_ns: lasted * us,
      data: '{"hit":1}',
      ...fields,
    });
  }

  runner(type: string, at: number, fields: Partial<RecordOf['runner']>): this {
    return this.#runner(type, 'runner', at, fields);
  }

  answer(source: string, barrier: number, lost: number | null = 0, type = 'complete'): this {
    const kind = source.split('/')[0]!;
    const room =
      kind === 'stderr' ? 'stdout' : kind === 'syscall' || kind === 'stdout' || kind === 'wal' || kind === 'topic' ? kind : 'runner';
    const position = room === 'stdout' || room === 'wal' || room === 'topic' ? (this.#positions.get(source) ?? 0) : undefined;
    return this.#add(room, source.split('/')[1] ?? '', source, type, 0, { barrier, lost, reason: 'so' }, position);
  }

  gap(service: string, source: string, from: number, to: number, lost: number): this {
    return this.#add('syscall', service, source, 'gap', from, { until_ns: 1000 + to * us, lost, reason: 'the ring was full' });
  }

  /** A barrier that everybody but `silent` answers at once. */
  barrier(number: number, until: number, silent: readonly string[] = [], reason = 'judge', sources = this.#sources): this {
    this.#runner('barrier', 'runner', until, { barrier: number, until_ns: 1000 + until * us, reason, data: JSON.stringify({ sources }) });
    for (const source of sources) if (!silent.includes(source)) this.answer(source, number);
    return this;
  }

  /** The runner speaks for a collector. */
  declareIncomplete(source: string, barrier: number): this {
    return this.#runner('incomplete', source, 0, { barrier, reason: 'it died' });
  }

  /** What was told so far, in the order in which it was told. */
  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  async told(): Promise<{ events: Told[]; barriers: StoredBarrier[] }> {
    const barriers: StoredBarrier[] = [];
    const inserter = new Inserter(this.#store.client, this.run, new Map(), {
      stored: (b) => barriers.push(b),
      ended: () => {},
      failed: () => {},
    });
    const correlator = new Correlator(this.run, inserter);
    for (const block of this.#blocks) correlator.take(block);
    correlator.settle();
    await inserter.finish();
    return {
      events: await this.#store.client.query<Told>('SELECT * FROM events WHERE run = {run:String} ORDER BY seq', { run: this.run }),
      barriers,
    };
  }

  #runner(type: string, source: string, at: number, fields: Partial<RecordOf['runner']>): this {
    return this.#add('runner', '', source, type, at, fields);
  }

  #add<R extends Room>(
    room: R,
    service: string,
    source: string,
    type: string,
    at: number,
    fields: Partial<RecordOf[R]>,
    given?: number,
  ): this {
    const position = given ?? (this.#positions.get(source) ?? 0) + 1;
    this.#positions.set(source, position);
    const header = { run: this.run, test: 't', service, source, position, type, at_ns: 1000 + at * us };
    this.#blocks.push({ room, count: 1, records: encodeRecord(room, record(room, { ...header, ...fields } as Partial<RecordOf[R]>)) });
    return this;
  }
}

/** A row of the store. */
export interface Told {
  readonly seq: number;
  readonly type: string;
  readonly service: string;
  readonly syscall: string | null;
  readonly at: number;
  readonly ret: number | null;
  readonly peer: string | null;
  readonly path: string | null;
  readonly partition: number | null;
  readonly decision: string | null;
  readonly label: string | null;
  readonly duration_ns: number | null;
  readonly cause_rule: readonly string[];
  readonly cause_seq: readonly number[];
  readonly cause_certain: readonly number[];
  readonly data: string;
}
/** `<service> <call or type>` of each. */
export const names = (events: readonly Told[]) => events.map((e) => `${e.service} ${e.syscall ?? e.type}`);
/** The edges that lead to an event. */
export const causes = (e: Told) => e.cause_seq.map((seq, k) => `${e.cause_rule[k]} ${seq} ${e.cause_certain[k] ? 'certain' : 'assumed'}`);
