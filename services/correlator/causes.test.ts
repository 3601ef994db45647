import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeRecord, record, type RecordOf, type Room } from '../../schemas/codec.ts';
import type { Block } from '../bus/bus.ts';
import type { Store } from '../store/store.ts';
import { openTestStore } from '../store/testing.ts';
import { Correlator } from './correlator.ts';
import { Inserter } from './insert/inserter.ts';
import type { StoredBarrier } from './rows/sink.ts';

const us = 1000;
let store: Store;
let runs = 0;
beforeAll(async () => {
  store = await openTestStore();
}, 60_000);
afterAll(() => store.close());

/** A run told record by record; times are µs from the test's start. */
class Story {
  readonly run = `run${++runs}`;
  readonly #blocks: Block[] = [];
  readonly #positions = new Map<string, number>();
  readonly #sources: readonly string[];

  constructor(sources: readonly string[]) {
    this.#sources = sources;
    this.#runner('run', 'runner', 0, { test: '', data: '{"epoch_ns":"1000","started_at":"2026-01-01T00:00:00Z"}' });
    this.#runner('test', 'runner', 0, { data: '{"services":{"api":{"ports":{"80":9080}},"db":{"ports":{"5432":9432}}}}' });
    for (const source of sources) this.#runner('attach', 'runner', 0, { data: JSON.stringify({ source }) });
  }

  call(service: string, at: number, lasted: number, fields: Partial<RecordOf['syscall']>, type = 'syscall'): this {
    return this.#add('syscall', service, `syscall/${service}`, type, at, { pid: 1, tid: 1, ...(type === 'open' ? {} : { ret: 0 }), duration_ns: lasted * us, ...fields });
  }

  line(service: string, at: number, end: number, data: string): this {
    return this.#add('stdout', service, `stdout/${service}`, 'stdout', at, { data, start: 0 }, end);
  }

  /** A row change; `committed` and `sent` in µs. */
  change(service: string, at: number, commit: { readonly lsn: number; readonly committed: number | null; readonly sent: number }): this {
    const ns = (time: number) => 1000 + time * us;
    const committed_ns = commit.committed === null ? null : ns(commit.committed);
    return this.#add('wal', service, `wal/${service}`, 'wal', at, { data: `{"n":${commit.lsn}}`, table: 't', action: 'INSERT', commit_lsn: commit.lsn, committed_ns, sent_ns: ns(commit.sent) });
  }

  walReady(service: string, wal_segment_bytes: number): this {
    return this.#add('wal', service, `wal/${service}`, 'ready', 0, { data: JSON.stringify({ wal_segment_bytes }) }, 0);
  }

  fault(service: string, at: number, lasted: number, fields: Partial<RecordOf['runner']>): this {
    return this.#add('runner', service, `fault/${service}`, 'fault', at, { pid: 1, tid: 1, duration_ns: lasted * us, data: '{"hit":1}', ...fields });
  }

  runner(type: string, at: number, fields: Partial<RecordOf['runner']>): this {
    return this.#runner(type, 'runner', at, fields);
  }

  answer(source: string, barrier: number, lost: number | null = 0, type = 'complete'): this {
    const room = source.startsWith('syscall') ? 'syscall' : source.startsWith('std') ? 'stdout' : source.startsWith('wal') ? 'wal' : 'runner';
    const position = room === 'stdout' || room === 'wal' ? (this.#positions.get(source) ?? 0) : undefined;
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

  async told(): Promise<{ events: Told[]; barriers: StoredBarrier[] }> {
    const barriers: StoredBarrier[] = [];
    const inserter = new Inserter(store.client, this.run, new Map(), { stored: (b) => barriers.push(b), ended: () => {}, failed: () => {} });
    const correlator = new Correlator(this.run, inserter);
    for (const block of this.#blocks) correlator.take(block);
    correlator.settle();
    await inserter.finish();
    return { events: await store.client.query<Told>('SELECT * FROM events WHERE run = {run:String} ORDER BY seq', { run: this.run }), barriers };
  }

  #runner(type: string, source: string, at: number, fields: Partial<RecordOf['runner']>): this {
    return this.#add('runner', '', source, type, at, fields);
  }

  #add<R extends Room>(room: R, service: string, source: string, type: string, at: number, fields: Partial<RecordOf[R]>, given?: number): this {
    const position = given ?? (this.#positions.get(source) ?? 0) + 1;
    this.#positions.set(source, position);
    const header = { run: this.run, test: 't', service, source, position, type, at_ns: 1000 + at * us };
    this.#blocks.push({ room, count: 1, records: encodeRecord(room, record(room, { ...header, ...fields } as Partial<RecordOf[R]>)) });
    return this;
  }
}

interface Told {
  readonly seq: number; readonly type: string; readonly service: string; readonly syscall: string | null; readonly at: number; readonly ret: number | null;
  readonly peer: string | null; readonly path: string | null; readonly decision: string | null; readonly label: string | null; readonly duration_ns: number | null;
  readonly cause_rule: readonly string[]; readonly cause_seq: readonly number[]; readonly cause_certain: readonly number[]; readonly data: string;
}
const names = (events: readonly Told[]) => events.map((e) => `${e.service} ${e.syscall ?? e.type}`);
const causes = (e: Told) => e.cause_seq.map((seq, k) => `${e.cause_rule[k]} ${seq} ${e.cause_certain[k] ? 'certain' : 'assumed'}`);
const conn = (local: string, remote: string) => ({ object: 'tcp', local, remote });
const client = conn('127.0.0.1:4000', '127.0.0.1:9432');
const server = conn('127.0.0.1:9432', '127.0.0.1:4000');
const both = ['syscall/api', 'syscall/db'];

describe('TCP', () => {
  test('a send that returned after its receive stands directly before it, also across a barrier', async () => {
    const { events, barriers } = await new Story(both)
      .call('db', 100, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 10 })
      .call('api', 120, 60, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 10 })
      .barrier(1, 110).barrier(2, 200).told();
    expect(names(events)).toEqual(['api sendto', 'db recvfrom']);
    expect(causes(events[1]!)).toEqual(['tcp 1 certain']);
    expect(barriers.map((b) => b.seq)).toEqual([2, 2]);
  });

  test('a send that still runs is an event without a result, and its end another that names it', async () => {
    const { events } = await new Story(both)
      .call('db', 100, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 10 })
      .call('api', 112, 60, { syscall: 'sendto', ...client, size: 500, tcp_seq: 0 }, 'open')
      .barrier(1, 110)
      .call('api', 300, 248, { syscall: 'sendto', ...client, size: 500, ret: 500, tcp_seq: 500 })
      .call('db', 290, 5, { syscall: 'recvfrom', ...server, ret: 490, tcp_seq: 500 })
      .barrier(2, 400).told();
    expect(names(events)).toEqual(['api sendto', 'db recvfrom', 'db recvfrom', 'api sendto']);
    expect(events[0]!.ret).toBeNull();
    expect(events[3]!.data).toBe('{"begun":1}');
    expect([causes(events[1]!), causes(events[2]!)]).toEqual([['tcp 1 certain'], ['tcp 1 certain']]);
  });

  test('a running send whose bytes nobody received is no event', async () => {
    const { events } = await new Story(both).call('api', 112, 60, { syscall: 'sendto', ...client, size: 500, tcp_seq: 0 }, 'open').barrier(1, 110).told();
    expect(events).toEqual([]);
  });

  test('bytes that no send covers, and bytes that two may have sent, give assumed edges; a peek gives none', async () => {
    const { events } = await new Story(both)
      .call('api', 50, 5, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 10 })
      .call('db', 60, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 10, flags: 2 })
      .call('db', 70, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 20 })
      .call('api', 80, 5, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 40, tid: 1 })
      .call('api', 81, 5, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 40, tid: 2 })
      .call('db', 90, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 40 })
      .barrier(1, 100).told();
    const received = events.filter((e) => e.syscall === 'recvfrom');
    expect(received.map(causes)).toEqual([[], ['tcp 1 assumed'], ['tcp 5 assumed']]);
  });

  test('connect, accept and peers', async () => {
    const { events } = await new Story(both)
      .call('db', 10, 1, { syscall: 'bind', object: 'tcp', local: '0.0.0.0:9999', address: '0.0.0.0:6000' })
      .call('api', 50, 30, { syscall: 'connect', ...client, address: '127.0.0.1:5432' })
      .call('db', 40, 1, { syscall: 'accept4', ...server, ret: 4 })
      .call('api', 60, 1, { syscall: 'connect', ...conn('127.0.0.1:4001', '127.0.0.1:9999') })
      .call('api', 70, 1, { syscall: 'connect', object: 'tcp', address: '127.0.0.1:5432', ret: -111, errno: 'ECONNREFUSED' })
      .call('api', 80, 1, { syscall: 'connect', ...conn('10.0.0.1:4001', '10.9.9.9:9432') })
      .barrier(1, 100).told();
    expect(events.map((e) => [e.syscall, e.peer])).toEqual([
      ['bind', null], ['connect', 'db:5432'], ['accept4', 'api:4000'], ['connect', 'db:6000'], ['connect', 'db:5432'], ['connect', '10.9.9.9:9432'],
    ]);
    expect(causes(events[2]!)).toEqual(['connect 2 certain']);
  });
});

describe('pipes, processes, lines', () => {
  test('reads come from the writes that held their bytes', async () => {
    const pipe = { object: 'pipe', inode: 5 };
    const { events } = await new Story(both)
      .call('api', 10, 1, { syscall: 'write', ...pipe, ret: 4 })
      .call('api', 20, 1, { syscall: 'write', ...pipe, ret: 4 })
      .call('db', 15, 1, { syscall: 'read', ...pipe, ret: 4 })
      .call('db', 30, 1, { syscall: 'read', ...pipe, ret: 4 })
      .call('api', 40, 10, { syscall: 'write', object: 'unix', inode: 8, peer_inode: 9, ret: 3 })
      .call('db', 35, 1, { syscall: 'read', object: 'unix', inode: 9, peer_inode: 8, ret: 3 })
      .barrier(1, 100).told();
    expect(names(events)).toEqual(['api write', 'db read', 'api write', 'db read', 'api write', 'db read']);
    expect(events.map(causes)).toEqual([[], ['pipe 1 certain'], [], ['pipe 3 certain'], [], ['unix 5 certain']]);
  });

  test('a fork stands before its child, an exit before its wait', async () => {
    const { events } = await new Story(both)
      .call('api', 50, 30, { syscall: 'clone', ret: 77 })
      .call('api', 40, 1, { syscall: 'openat', path: '/x', pid: 77, tid: 77 })
      .call('api', 60, 0, { syscall: 'exit', pid: 77, tid: 77 })
      .call('api', 70, 30, { syscall: 'wait4', ret: 77 })
      .barrier(1, 100).told();
    expect(names(events)).toEqual(['api clone', 'api openat', 'api exit', 'api wait4']);
    expect(events.map(causes)).toEqual([[], ['process 1 certain'], [], ['process 3 certain']]);
  });

  test('a line stands after its write, waits for it, and is assumed where calls are not traced or were lost', async () => {
    const sources = ['stdout/api', 'syscall/api'];
    const out = { syscall: 'write', object: 'pipe', inode: 5 };
    const stdio = { service: 'api', data: '{"stdout":5,"stderr":6}' };
    const { events, barriers } = await new Story(sources).runner('stdio', 0, stdio)
      .call('api', 10, 1, { ...out, ret: 3 }).line('api', 90, 3, '{"msg":"a"}').line('api', 95, 6, '{"msg":"b"}')
      .call('api', 20, 1, { syscall: 'openat', path: '/x' })
      .barrier(1, 80)
      .call('api', 94, 1, { ...out, ret: 3 }).barrier(2, 100).told();
    expect(names(events)).toEqual(['api write', 'api stdout', 'api openat', 'api write', 'api stdout']);
    expect(events[1]!.at).toBe(10 * us);
    expect([causes(events[1]!), causes(events[4]!)]).toEqual([['line 1 certain'], ['line 4 certain']]);
    expect(barriers.map((b) => b.seq)).toEqual([3, 5]);
    const untraced = await new Story(['stdout/api']).line('api', 90, 3, '{"msg":"a"}').barrier(1, 80).told();
    expect(untraced.events.map((e) => [e.at, causes(e)])).toEqual([[90 * us, []]]);
    const lossy = await new Story(sources).runner('stdio', 0, stdio)
      .call('api', 10, 1, { ...out, ret: 3 }).gap('api', 'syscall/api', 12, 14, 7).line('api', 60, 6, '{"msg":"b"}').barrier(1, 80).told();
    expect(names(lossy.events)).toEqual(['api write', 'api gap', 'api stdout']);
    expect(JSON.parse(lossy.events[1]!.data)).toEqual({ source: 'syscall/api', from: 12 * us, to: 14 * us, count: 7, reason: 'the ring was full' });
    expect(lossy.barriers[0]!.sources.find((s) => s.source === 'syscall/api')).toMatchObject({ complete: false, lost: 7, reason: 'the ring was full' });
  });
});

describe('row changes', () => {
  const sources = ['syscall/db', 'wal/db'];
  const page = (offset: number, file = '000000010000000000000001') => ({ syscall: 'pwrite64', object: 'file', path: `/data/pg_wal/${file}`, offset, size: 8192, ret: 8192 });
  const base = 16 * 2 ** 20;
  const order = (events: readonly Told[]) => events.map((e) => (e.type === 'wal' ? JSON.parse(e.data).n - base : e.syscall));

  test('a change stands after the only write that can have held its commit', async () => {
    const { events } = await new Story(sources)
      .call('db', 10, 2, page(0)).call('db', 30, 2, page(0)).call('db', 33, 1, { syscall: 'sendto' }).call('db', 50, 2, page(8192))
      .change('db', 60, { lsn: base + 100, committed: 25, sent: 40 }).change('db', 61, { lsn: base + 8200, committed: 45, sent: 55 })
      .barrier(1, 100).told();
    expect(order(events)).toEqual(['pwrite64', 'pwrite64', 100, 'sendto', 'pwrite64', 8200]);
    expect(events.filter((e) => e.type === 'wal').map((e) => [causes(e), e.at])).toEqual([[['wal 2 certain'], 30 * us], [['wal 5 certain'], 50 * us]]);
  });

  test('several writes that can have held it, or a gap of calls, make its place assumed; commits keep their order', async () => {
    const { events } = await new Story(sources)
      .call('db', 30, 2, page(0)).call('db', 33, 2, page(0)).call('db', 40, 2, page(0))
      .change('db', 60, { lsn: base + 100, committed: 25, sent: 50 }).change('db', 61, { lsn: base + 200, committed: 24, sent: 50 }).change('db', 62, { lsn: base + 300, committed: 35, sent: 50 })
      .barrier(1, 100).told();
    expect(order(events)).toEqual(['pwrite64', 100, 200, 'pwrite64', 'pwrite64', 300]);
    expect(events.filter((e) => e.type === 'wal').map(causes)).toEqual([['wal 1 assumed'], ['wal 1 assumed'], ['wal 5 certain']]);
    const lossy = await new Story(sources).call('db', 30, 2, page(0)).gap('db', 'syscall/db', 12, 14, 7).change('db', 60, { lsn: base + 100, committed: 25, sent: 50 }).barrier(1, 100).told();
    expect(causes(lossy.events.find((e) => e.type === 'wal')!)).toEqual([]);
  });

  test('files of another size, and files beyond the first four gigabytes, are found by the name', async () => {
    const { events } = await new Story(sources)
      .walReady('db', 2 ** 20)
      .call('db', 30, 2, page(8192, '0000000200000003000000FF')).change('db', 60, { lsn: 3 * 2 ** 32 + 255 * 2 ** 20 + 9000, committed: 25, sent: 50 }).barrier(1, 100).told();
    expect(causes(events[1]!)).toEqual(['wal 1 certain']);
  });

  test('one that was committed after the barrier waits for its write, to the very end if its source is let go', async () => {
    const { events, barriers } = await new Story(sources)
      .call('db', 30, 2, page(0))
      .change('db', 60, { lsn: base + 100, committed: 25, sent: 40 }).change('db', 110, { lsn: base + 200, committed: 103, sent: 109 })
      .barrier(1, 100)
      .call('db', 106, 2, page(0)).call('db', 107, 0, { syscall: 'sendto' })
      .barrier(2, 200, [], 'final', ['syscall/db']).told();
    expect(order(events)).toEqual(['pwrite64', 100, 'pwrite64', 200, 'sendto']);
    expect(barriers.map((b) => b.seq)).toEqual([2, 5]);
    expect(causes(events[3]!)).toEqual(['wal 3 certain']);
  });

  test('one whose write cannot be known stands where it was seen, no later than the barrier that proves it', async () => {
    const { events } = await new Story(['wal/db']).change('db', 60, { lsn: 5, committed: 25, sent: 50 }).change('db', 130, { lsn: 6, committed: 95, sent: 120 }).barrier(1, 100).told();
    expect(events.map((e) => [e.type, causes(e)])).toEqual([['wal', []], ['wal', []]]);
  });
});

describe('faults and silence', () => {
  test('a fault stands directly before its call, which has its decision and lasts from the hit on', async () => {
    const { events } = await new Story(['fault/db', 'syscall/db'])
      .fault('db', 50, 20, { syscall: 'fsync', decision: 'deny(EIO)', label: 'disk' })
      .call('db', 60, 1, { syscall: 'openat', tid: 2 })
      .call('db', 75, 0, { syscall: 'fsync', path: '/data', fd: 3, object: 'file', ret: -5, errno: 'EIO' })
      .call('db', 90, 1, { syscall: 'fsync', path: '/data', fd: 3, object: 'file' })
      .barrier(1, 100).told();
    expect(names(events)).toEqual(['db openat', 'db fsync', 'db fsync', 'db fsync']);
    expect(events.map((e) => [e.type, e.decision, e.label, e.path, e.duration_ns])).toEqual([
      ['syscall', null, null, null, us], ['fault', 'deny(EIO)', 'disk', '/data', 20 * us], ['syscall', 'deny(EIO)', 'disk', '/data', 25 * us], ['syscall', null, null, '/data', us],
    ]);
  });

  test('a hit is told at its barrier, its call when that ends', async () => {
    const { events, barriers } = await new Story(['fault/db', 'syscall/db'])
      .fault('db', 50, 20, { syscall: 'read', decision: 'delay(1ms)', label: 'slow' }).barrier(1, 100)
      .call('db', 150, 5, { syscall: 'read' }).barrier(2, 200).told();
    expect(barriers.map((b) => b.seq)).toEqual([1, 2]);
    expect(events[1]).toMatchObject({ type: 'syscall', decision: 'delay(1ms)', duration_ns: 100 * us });
  });

  test('what a dead collector had published is there, and its source is incomplete', async () => {
    const { events, barriers } = await new Story(both)
      .barrier(1, 100, ['syscall/db']).declareIncomplete('syscall/db', 1).call('db', 50, 1, { syscall: 'openat', path: '/x' }).told();
    expect(names(events)).toEqual(['db openat']);
    expect(barriers[0]!.sources).toMatchObject([{ source: 'syscall/api', complete: true }, { source: 'syscall/db', complete: false, lost: null, events: 1, reason: 'it died' }]);
  });
});
