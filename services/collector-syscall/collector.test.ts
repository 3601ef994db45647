import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SyscallRecord } from '../../schemas/generated/records.ts';
import { TestBench, untraceable } from './test-bench.ts';

const native = join(import.meta.dirname, '../../native');
const loop = join(native, 'build/bench');
/** Operations of an io_uring, and the flag IORING_SETUP_SQPOLL. */
const [nop, fsync, polled] = [0, 3, 2];

describe.skipIf(untraceable !== null)(`collector-syscall${untraceable === null ? '' : ` (${untraceable})`}`, { timeout: 60_000 }, () => {
  let bench: TestBench;
  beforeEach(() => void (bench = new TestBench()));
  afterEach(() => bench.end(), 30_000);

  const calls = (name: string): SyscallRecord[] => bench.records().filter((r) => r.type === 'syscall' && r.syscall === name);

  test('a program making known calls is recorded exactly', async () => {
    const cgroup = await bench.attach('db');
    const file = join(bench.dir, 'data');
    expect(await bench.run(cgroup, loop, 'pwrite', '1000', file)).toBe(0);
    expect(await bench.barrier(1)).toMatchObject({ done: 2 });
    const writes = calls('pwrite64');
    expect(writes).toHaveLength(1000);
    expect(writes.map((w) => w.offset)).toEqual(Array.from({ length: 1000 }, (_, i) => (i & 63) * 64));
    // In a changed root the kernel's path is longer.
    for (const w of writes)
      expect(w).toMatchObject({ path: expect.stringContaining(file), object: 'file', size: 64, ret: 64, errno: null, service: 'db' });
    expect(calls('execve').map((r) => r.path)).toEqual([loop]);
    expect(calls('exit')).toMatchObject([{ ret: 0 }]);
    const all = bench.records();
    expect(all.map((r) => r.position)).toEqual(all.map((_, i) => i + 1));
    expect(all.at(0)).toMatchObject({ type: 'ready', source: 'syscall/db', test: 't', run: 'r' });
    expect(all.at(-1)).toMatchObject({ type: 'complete', barrier: 1, lost: 0 });
  });

  test('sends and receives of a connection carry the same sequence numbers', async () => {
    const cgroup = await bench.attach('net');
    expect(await bench.run(cgroup, loop, 'roundtrip', '200', '-')).toBe(0);
    await bench.barrier(1);
    const sends = new Set(
      calls('write')
        .filter((w) => w.object === 'tcp')
        .map((w) => `${w.local}>${w.remote} ${w.tcp_seq}`),
    );
    const reads = calls('read').filter((r) => r.object === 'tcp' && r.ret === 32);
    expect(sends.size).toBe(400);
    expect(reads).toHaveLength(400);
    for (const r of reads) expect(sends).toContain(`${r.remote}>${r.local} ${r.tcp_seq}`);
    expect(calls('connect')[0]?.address).toBe(calls('accept')[0]?.local);
  });

  test('a write into a segment of a Kafka log tells which batch it appended, where it is one whole batch', async () => {
    const cgroup = await bench.attach('kafka');
    const batch = (offset: bigint, claimed: number) => {
      const bytes = Buffer.alloc(80, 7);
      bytes.writeBigInt64BE(offset, 0);
      bytes.writeInt32BE(claimed, 8);
      return bytes;
    };
    const write = async (bytes: Buffer, file: string) => {
      const path = join(bench.dir, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(join(bench.dir, 'bytes'), bytes);
      expect(await bench.run(cgroup, 'dd', `if=${join(bench.dir, 'bytes')}`, `of=${path}`, 'bs=4096', 'status=none')).toBe(0);
    };
    const segment = 'orders-0/00000000000000000042.log';
    await write(batch(42n, 68), segment);
    await write(batch(1_234_567_890_123n, 68), segment);
    await write(batch(50n, 60), segment);
    await write(batch(41n, 68), segment);
    await write(Buffer.from('short'), segment);
    await write(batch(42n, 68), 'orders-0/00000000000000000042.index');
    await write(batch(42n, 68), 'orders-0/app.log');
    await bench.barrier(1);
    const writes = calls('write').filter((w) => w.path!.includes(bench.dir));
    expect(writes.map((w) => w.log_offset)).toEqual([42, 1_234_567_890_123, -1, -1, -1, null, null]);
  });

  test('losses are counted to the unit', async () => {
    const writes = 200_000;
    await bench.run(await bench.attach('db'), loop, 'pwrite', '1', join(bench.dir, 'data'));
    await bench.barrier(1);
    const besides = bench.records().filter((r) => r.type === 'syscall').length - 1;
    await bench.end();
    bench = new TestBench(1 << 16);
    await bench.run(await bench.attach('db'), loop, 'pwrite', String(writes), join(bench.dir, 'data'));
    await bench.barrier(1);
    const kept = bench.records().filter((r) => r.type === 'syscall').length;
    const lost = Number(bench.records().at(-1)!.lost);
    const gaps = bench.records().filter((r) => r.type === 'gap');
    expect(lost).toBeGreaterThan(0);
    expect(kept + lost).toBe(writes + besides);
    expect(gaps.reduce((sum, g) => sum + Number(g.lost), 0)).toBe(lost);
  });

  test('processes stay inside when they fork, and others stay outside', async () => {
    const cgroup = await bench.attach('shell');
    await bench.run(cgroup, '/bin/sh', '-c', '(setsid /bin/true; exit 3) & wait $!');
    execFileSync('/bin/true');
    await bench.barrier(1);
    const clones = calls('clone').map((r) => r.ret);
    expect(calls('execve').map((r) => r.path)).toContain('/bin/true');
    expect(clones.length).toBeGreaterThanOrEqual(1);
    expect(new Set(calls('exit').map((r) => r.pid))).toEqual(new Set([...clones, calls('execve')[0]!.pid]));
    expect(calls('wait4').map((r) => r.ret)).toContain(clones[0]);
    expect(calls('exit').map((r) => r.ret)).toContain(3);
  });

  test('a barrier sees calls in flight, and their end comes after it', async () => {
    const cgroup = await bench.attach('reader');
    const child = bench.start(cgroup, '/bin/cat');
    const comm = `/proc/${child.pid}/wchan`;
    while (!/read|sk|unix/.test(readFileSync(comm, 'utf8'))) await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.barrier(1);
    const open = bench.records().filter((r) => r.type === 'open');
    expect(open).toMatchObject([{ syscall: 'read', fd: 0, ret: null, barrier: 1, pid: child.pid }]);
    const gone = new Promise((resolve) => child.on('close', resolve));
    child.stdin!.end();
    await gone;
    await bench.barrier(2);
    const entry = (r: SyscallRecord): bigint => BigInt(r.at_ns) - BigInt(r.duration_ns!);
    const ended = calls('read').find((r) => r.fd === 0 && r.ret === 0)!;
    expect(entry(ended)).toBe(entry(open[0]!));
    expect(Number(ended.position)).toBeGreaterThan(Number(open[0]!.position));
  });

  test.each([
    ['watches by it, as Node does', [nop, 0], 'complete'],
    ['syncs a file by it', [fsync, 0], 'incomplete'],
    ['has a thread of the kernel take from it', [nop, polled], 'incomplete'],
  ] as const)('a service with an io_uring that %s: what happens unseen makes it incomplete, and nothing else', async (_, args, said) => {
    const cgroup = await bench.attach('db');
    const program = join(bench.dir, 'submit');
    execFileSync('gcc', ['-o', program, join(import.meta.dirname, 'testing/submit.c')]);
    expect(await bench.run(cgroup, program, ...args.map(String))).toBe(0);
    await bench.barrier(1);
    expect(bench.records().at(-1)).toMatchObject({
      type: said,
      barrier: 1,
      reason: expect.stringContaining(said === 'complete' ? 'read to its end' : 'io_uring'),
    });
  });

  test('without the tracer every later barrier is incomplete', async () => {
    await bench.attach('db');
    const children = (): string => readFileSync(`/proc/${bench.collector.pid}/task/${bench.collector.pid}/children`, 'utf8').trim();
    process.kill(Number(children().split(' ')[0]), 'SIGKILL');
    while (children() !== '') await new Promise((resolve) => setTimeout(resolve, 5));
    await bench.barrier(1);
    await bench.barrier(2);
    const said = bench.records().filter((r) => r.type === 'incomplete');
    expect(said).toMatchObject([
      { barrier: 1, lost: null },
      { barrier: 2, lost: null },
    ]);
    expect(said[0]!.reason).toContain('SIGKILL');
  });

  test('a cgroup that is not there is refused', async () => {
    const answer = await bench.ask({ do: 'attach', test: 't', source: 'syscall/x', service: 'x', cgroup: '/nowhere', trace: 'default' });
    expect(answer).toMatchObject({ failed: 1, code: 'E_CGROUP' });
  });
});
