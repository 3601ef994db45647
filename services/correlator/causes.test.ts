import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../store/store.ts';
import { openTestStore } from '../store/testing.ts';
import { causes, names, Story, us, type Told } from './testing/story.ts';

let store: Store;
beforeAll(async () => {
  store = await openTestStore();
}, 60_000);
afterAll(() => store.close());

const story = (sources: readonly string[]) => new Story(store, sources);
const conn = (local: string, remote: string) => ({ object: 'tcp', local, remote });
const client = conn('127.0.0.1:4000', '127.0.0.1:9432');
const server = conn('127.0.0.1:9432', '127.0.0.1:4000');
const both = ['syscall/api', 'syscall/db'];

describe('TCP', () => {
  test('a send that returned after its receive stands directly before it, also across a barrier', async () => {
    const { events, barriers } = await story(both)
      .call('db', 100, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 10 })
      .call('api', 120, 60, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 10 })
      .barrier(1, 110)
      .barrier(2, 200)
      .told();
    expect(names(events)).toEqual(['api sendto', 'db recvfrom']);
    expect(causes(events[1]!)).toEqual(['tcp 1 certain']);
    expect(barriers.map((b) => b.seq)).toEqual([2, 2]);
  });

  test('a send that still runs is an event without a result, and its end another that names it', async () => {
    const { events } = await story(both)
      .call('db', 100, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 10 })
      .call('api', 112, 60, { syscall: 'sendto', ...client, size: 500, tcp_seq: 0 }, 'open')
      .barrier(1, 110)
      .call('api', 300, 248, { syscall: 'sendto', ...client, size: 500, ret: 500, tcp_seq: 500 })
      .call('db', 290, 5, { syscall: 'recvfrom', ...server, ret: 490, tcp_seq: 500 })
      .barrier(2, 400)
      .told();
    expect(names(events)).toEqual(['api sendto', 'db recvfrom', 'db recvfrom', 'api sendto']);
    expect(events[0]!.ret).toBeNull();
    expect(events[3]!.data).toBe('{"begun":1}');
    expect([causes(events[1]!), causes(events[2]!)]).toEqual([['tcp 1 certain'], ['tcp 1 certain']]);
  });

  test('a running send whose bytes nobody received is no event', async () => {
    const { events } = await story(both)
      .call('api', 112, 60, { syscall: 'sendto', ...client, size: 500, tcp_seq: 0 }, 'open')
      .barrier(1, 110)
      .told();
    expect(events).toEqual([]);
  });

  test('bytes that no send covers, and bytes that two may have sent, give assumed edges; a peek gives none', async () => {
    const { events } = await story(both)
      .call('api', 50, 5, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 10 })
      .call('db', 60, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 10, flags: 2 })
      .call('db', 70, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 20 })
      .call('api', 80, 5, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 40, tid: 1 })
      .call('api', 81, 5, { syscall: 'sendto', ...client, ret: 10, tcp_seq: 40, tid: 2 })
      .call('db', 90, 5, { syscall: 'recvfrom', ...server, ret: 10, tcp_seq: 40 })
      .barrier(1, 100)
      .told();
    const received = events.filter((e) => e.syscall === 'recvfrom');
    expect(received.map(causes)).toEqual([[], ['tcp 1 assumed'], ['tcp 5 assumed']]);
  });

  test('connect, accept and peers', async () => {
    const { events } = await story(both)
      .call('db', 10, 1, { syscall: 'bind', object: 'tcp', local: '0.0.0.0:9999', address: '0.0.0.0:6000' })
      .call('api', 50, 30, { syscall: 'connect', ...client, address: '127.0.0.1:5432' })
      .call('db', 40, 1, { syscall: 'accept4', ...server, ret: 4 })
      .call('api', 60, 1, { syscall: 'connect', ...conn('127.0.0.1:4001', '127.0.0.1:9999') })
      .call('api', 70, 1, { syscall: 'connect', object: 'tcp', address: '127.0.0.1:5432', ret: -111, errno: 'ECONNREFUSED' })
      .call('api', 80, 1, { syscall: 'connect', ...conn('10.0.0.1:4001', '10.9.9.9:9432') })
      .barrier(1, 100)
      .told();
    expect(events.map((e) => [e.syscall, e.peer])).toEqual([
      ['bind', null],
      ['connect', 'db:5432'],
      ['accept4', 'api:4000'],
      ['connect', 'db:6000'],
      ['connect', 'db:5432'],
      ['connect', '10.9.9.9:9432'],
    ]);
    expect(causes(events[2]!)).toEqual(['connect 2 certain']);
  });
});

describe('pipes, processes, lines', () => {
  test('reads come from the writes that held their bytes', async () => {
    const pipe = { object: 'pipe', inode: 5 };
    const { events } = await story(both)
      .call('api', 10, 1, { syscall: 'write', ...pipe, ret: 4 })
      .call('api', 20, 1, { syscall: 'write', ...pipe, ret: 4 })
      .call('db', 15, 1, { syscall: 'read', ...pipe, ret: 4 })
      .call('db', 30, 1, { syscall: 'read', ...pipe, ret: 4 })
      .call('api', 40, 10, { syscall: 'write', object: 'unix', inode: 8, peer_inode: 9, ret: 3 })
      .call('db', 35, 1, { syscall: 'read', object: 'unix', inode: 9, peer_inode: 8, ret: 3 })
      .barrier(1, 100)
      .told();
    expect(names(events)).toEqual(['api write', 'db read', 'api write', 'db read', 'api write', 'db read']);
    expect(events.map(causes)).toEqual([[], ['pipe 1 certain'], [], ['pipe 3 certain'], [], ['unix 5 certain']]);
  });

  test('a fork stands before its child, an exit before its wait', async () => {
    const { events } = await story(both)
      .call('api', 50, 30, { syscall: 'clone', ret: 77 })
      .call('api', 40, 1, { syscall: 'openat', path: '/x', pid: 77, tid: 77 })
      .call('api', 60, 0, { syscall: 'exit', pid: 77, tid: 77 })
      .call('api', 70, 30, { syscall: 'wait4', ret: 77 })
      .barrier(1, 100)
      .told();
    expect(names(events)).toEqual(['api clone', 'api openat', 'api exit', 'api wait4']);
    expect(events.map(causes)).toEqual([[], ['process 1 certain'], [], ['process 3 certain']]);
  });

  test('a line stands after its write, waits for it, and is assumed where calls are not traced or were lost', async () => {
    const sources = ['stdout/api', 'syscall/api'];
    const out = { syscall: 'write', object: 'pipe', inode: 5 };
    const stdio = { service: 'api', data: '{"stdout":5,"stderr":6}' };
    const { events, barriers } = await story(sources)
      .runner('stdio', 0, stdio)
      .call('api', 10, 1, { ...out, ret: 3 })
      .line('api', 90, 3, '{"msg":"a"}')
      .line('api', 95, 6, '{"msg":"b"}')
      .call('api', 20, 1, { syscall: 'openat', path: '/x' })
      .barrier(1, 80)
      .call('api', 94, 1, { ...out, ret: 3 })
      .barrier(2, 100)
      .told();
    expect(names(events)).toEqual(['api write', 'api stdout', 'api openat', 'api write', 'api stdout']);
    expect(events[1]!.at).toBe(10 * us);
    expect([causes(events[1]!), causes(events[4]!)]).toEqual([['line 1 certain'], ['line 4 certain']]);
    expect(barriers.map((b) => b.seq)).toEqual([3, 5]);
    const untraced = await story(['stdout/api']).line('api', 90, 3, '{"msg":"a"}').barrier(1, 80).told();
    expect(untraced.events.map((e) => [e.at, causes(e)])).toEqual([[90 * us, []]]);
    const lossy = await story(sources)
      .runner('stdio', 0, stdio)
      .call('api', 10, 1, { ...out, ret: 3 })
      .gap('api', 'syscall/api', 12, 14, 7)
      .line('api', 60, 6, '{"msg":"b"}')
      .barrier(1, 80)
      .told();
    expect(names(lossy.events)).toEqual(['api write', 'api gap', 'api stdout']);
    expect(JSON.parse(lossy.events[1]!.data)).toEqual({
      source: 'syscall/api',
      from: 12 * us,
      to: 14 * us,
      count: 7,
      reason: 'the ring was full',
    });
    expect(lossy.barriers[0]!.sources.find((s) => s.source === 'syscall/api')).toMatchObject({
      complete: false,
      lost: 7,
      reason: 'the ring was full',
    });
  });
});

describe('row changes', () => {
  const sources = ['syscall/db', 'wal/db'];
  const page = (offset: number, file = '000000010000000000000001') => ({
    syscall: 'pwrite64',
    object: 'file',
    path: `/data/pg_wal/${file}`,
    offset,
    size: 8192,
    ret: 8192,
  });
  const base = 16 * 2 ** 20;
  const order = (events: readonly Told[]) => events.map((e) => (e.type === 'wal' ? JSON.parse(e.data).n - base : e.syscall));

  test('a change stands after the only write that can have held its commit', async () => {
    const { events } = await story(sources)
      .call('db', 10, 2, page(0))
      .call('db', 30, 2, page(0))
      .call('db', 33, 1, { syscall: 'sendto' })
      .call('db', 50, 2, page(8192))
      .change('db', 60, { lsn: base + 100, committed: 25, sent: 40 })
      .change('db', 61, { lsn: base + 8200, committed: 45, sent: 55 })
      .barrier(1, 100)
      .told();
    expect(order(events)).toEqual(['pwrite64', 'pwrite64', 100, 'sendto', 'pwrite64', 8200]);
    expect(events.filter((e) => e.type === 'wal').map((e) => [causes(e), e.at])).toEqual([
      [['wal 2 certain'], 30 * us],
      [['wal 5 certain'], 50 * us],
    ]);
  });

  test('several writes that can have held it, or a gap of calls, make its place assumed; commits keep their order', async () => {
    const { events } = await story(sources)
      .call('db', 30, 2, page(0))
      .call('db', 33, 2, page(0))
      .call('db', 40, 2, page(0))
      .change('db', 60, { lsn: base + 100, committed: 25, sent: 50 })
      .change('db', 61, { lsn: base + 200, committed: 24, sent: 50 })
      .change('db', 62, { lsn: base + 300, committed: 35, sent: 50 })
      .barrier(1, 100)
      .told();
    expect(order(events)).toEqual(['pwrite64', 100, 200, 'pwrite64', 'pwrite64', 300]);
    expect(events.filter((e) => e.type === 'wal').map(causes)).toEqual([['wal 1 assumed'], ['wal 1 assumed'], ['wal 5 certain']]);
    const lossy = await story(sources)
      .call('db', 30, 2, page(0))
      .gap('db', 'syscall/db', 12, 14, 7)
      .change('db', 60, { lsn: base + 100, committed: 25, sent: 50 })
      .barrier(1, 100)
      .told();
    expect(causes(lossy.events.find((e) => e.type === 'wal')!)).toEqual([]);
  });

  test('one that comes after its write has its place stands behind what came in between, which is assumed', async () => {
    const { events } = await story(sources)
      .call('db', 30, 2, page(0))
      .call('db', 40, 1, { syscall: 'sendto' })
      .barrier(1, 100)
      .change('db', 110, { lsn: base + 100, committed: 25, sent: 90 })
      .barrier(2, 200)
      .told();
    expect([order(events), causes(events[2]!)]).toEqual([['pwrite64', 'sendto', 100], ['wal 1 assumed']]);
  });

  test('barriers of the flow settle nothing while row changes are late, for a while', async () => {
    const late = (flows: number) => {
      const told = story(sources).call('db', 30, 2, page(0)).call('db', 50, 5, { syscall: 'sendto' });
      for (let n = 1; n <= flows; n++) told.barrier(n, 100 * n, ['wal/db'], 'flow').answer('wal/db', n, null, 'incomplete');
      return told
        .change('db', 1100, { lsn: base + 100, committed: 25, sent: 90 })
        .barrier(flows + 1, 1200)
        .told();
    };
    const soon = await late(8);
    expect([order(soon.events), causes(soon.events[1]!)]).toEqual([['pwrite64', 100, 'sendto'], ['wal 1 certain']]);
    const tooLate = await late(9);
    expect([order(tooLate.events), causes(tooLate.events[2]!)]).toEqual([['pwrite64', 'sendto', 100], ['wal 1 assumed']]);
  });

  test('files of another size, and files beyond the first four gigabytes, are found by the name', async () => {
    const { events } = await story(sources)
      .walReady('db', 2 ** 20)
      .call('db', 30, 2, page(8192, '0000000200000003000000FF'))
      .change('db', 60, { lsn: 3 * 2 ** 32 + 255 * 2 ** 20 + 9000, committed: 25, sent: 50 })
      .barrier(1, 100)
      .told();
    expect(causes(events[1]!)).toEqual(['wal 1 certain']);
  });

  test('one that was committed after the barrier waits for its write, to the very end if its source is let go', async () => {
    const { events, barriers } = await story(sources)
      .call('db', 30, 2, page(0))
      .change('db', 60, { lsn: base + 100, committed: 25, sent: 40 })
      .change('db', 110, { lsn: base + 200, committed: 103, sent: 109 })
      .barrier(1, 100)
      .call('db', 106, 2, page(0))
      .call('db', 107, 0, { syscall: 'sendto' })
      .barrier(2, 200, [], 'final', ['syscall/db'])
      .told();
    expect(order(events)).toEqual(['pwrite64', 100, 'pwrite64', 200, 'sendto']);
    expect(barriers.map((b) => b.seq)).toEqual([2, 5]);
    expect(causes(events[3]!)).toEqual(['wal 3 certain']);
  });

  test('one whose write cannot be known stands where it was seen, no later than the barrier that proves it', async () => {
    const { events } = await story(['wal/db'])
      .change('db', 60, { lsn: 5, committed: 25, sent: 50 })
      .change('db', 130, { lsn: 6, committed: 95, sent: 120 })
      .barrier(1, 100)
      .told();
    expect(events.map((e) => [e.type, causes(e)])).toEqual([
      ['wal', []],
      ['wal', []],
    ]);
  });
});

describe('faults and silence', () => {
  test('a fault stands directly before its call, which has its decision and lasts from the hit on', async () => {
    const { events } = await story(['fault/db', 'syscall/db'])
      .fault('db', 50, 20, { syscall: 'fsync', decision: 'deny(EIO)', label: 'disk' })
      .call('db', 60, 1, { syscall: 'openat', tid: 2 })
      .call('db', 75, 0, { syscall: 'fsync', path: '/data', fd: 3, object: 'file', ret: -5, errno: 'EIO' })
      .call('db', 90, 1, { syscall: 'fsync', path: '/data', fd: 3, object: 'file' })
      .barrier(1, 100)
      .told();
    expect(names(events)).toEqual(['db openat', 'db fsync', 'db fsync', 'db fsync']);
    expect(events.map((e) => [e.type, e.decision, e.label, e.path, e.duration_ns])).toEqual([
      ['syscall', null, null, null, us],
      ['fault', 'deny(EIO)', 'disk', '/data', 20 * us],
      ['syscall', 'deny(EIO)', 'disk', '/data', 25 * us],
      ['syscall', null, null, '/data', us],
    ]);
  });

  test('a hit is told at its barrier, its call when that ends', async () => {
    const { events, barriers } = await story(['fault/db', 'syscall/db'])
      .fault('db', 50, 20, { syscall: 'read', decision: 'delay(1ms)', label: 'slow' })
      .barrier(1, 100)
      .call('db', 150, 5, { syscall: 'read' })
      .barrier(2, 200)
      .told();
    expect(barriers.map((b) => b.seq)).toEqual([1, 2]);
    expect(events[1]).toMatchObject({ type: 'syscall', decision: 'delay(1ms)', duration_ns: 100 * us });
  });

  test('what a dead collector had published is there at the end, and its source is incomplete', async () => {
    const { events, barriers } = await story(both)
      .call('api', 40, 1, { syscall: 'openat', path: '/y' })
      .barrier(1, 100, ['syscall/db'])
      .declareIncomplete('syscall/db', 1)
      .barrier(2, 200, ['syscall/db'], 'final')
      .declareIncomplete('syscall/db', 2)
      .call('db', 50, 1, { syscall: 'openat', path: '/x' })
      .told();
    expect(names(events)).toEqual(['api openat', 'db openat']);
    expect(barriers.map((b) => b.seq)).toEqual([1, 2]);
    expect(barriers[1]!.sources).toMatchObject([
      { source: 'syscall/api', complete: true },
      { source: 'syscall/db', complete: false, lost: null, events: 1, reason: 'it died' },
    ]);
  });
});
