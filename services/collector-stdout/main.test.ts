import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { decodeRecords } from '../../schemas/codec.ts';
import type { StdoutRecord } from '../../schemas/generated/records.ts';
import { openLogReader } from '../bus/log/reader.ts';

let dir: string;
let child: ChildProcess;
let nextId = 1;
const waiting = new Map<number, (answer: Record<string, unknown>) => void>();

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultbox-stdout-'));
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--run', 'r', '--bus', dir], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  let rest = '';
  (child.stdio[3] as Duplex).on('data', (data: Buffer) => {
    const lines = (rest + String(data)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const answer = JSON.parse(line) as Record<string, unknown>;
      waiting.get((answer['done'] ?? answer['failed']) as number)?.(answer);
    }
  });
});
afterEach(async () => {
  (child.stdio[3] as Duplex).destroy();
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
  rmSync(dir, { recursive: true });
});

const ask = (request: object): Promise<Record<string, unknown>> => {
  const id = nextId++;
  (child.stdio[3] as Duplex).write(`${JSON.stringify({ ...request, id })}\n`);
  return new Promise((resolve) => waiting.set(id, resolve));
};
const attach = (own: object = {}) =>
  ask({
    do: 'attach',
    test: 't',
    source: 'stdout/db',
    service: 'db',
    stream: 'stdout',
    file: join(dir, 'out'),
    decoder: { kind: 'default' },
    max_lines: 1000,
    max_bytes: 1 << 20,
    ...own,
  });
const barrier = (n: number, drained: number | undefined, final = false) =>
  ask({ do: 'barrier', test: 't', barrier: n, drained: drained === undefined ? {} : { 'stdout/db': drained }, final });
const records = (): StdoutRecord[] =>
  openLogReader(dir, 'stdout')
    .read()
    .flatMap((b) => decodeRecords('stdout', b.records));
const brief = () => records().map((r) => [r.type, r.position, r.data]);

test('each line is an event at its byte offset, and complete comes behind what it covers', async () => {
  writeFileSync(join(dir, 'out'), '{"a": 1}\nplain\nunfinished');
  expect(await attach()).toMatchObject({ done: expect.any(Number) });
  await barrier(1, 25);
  expect(brief()).toEqual([
    ['ready', 0, null],
    ['stdout', 9, '{"a":1}'],
    ['stdout', 15, '{"msg":"plain"}'],
    ['complete', 15, null],
  ]);
  appendFileSync(join(dir, 'out'), ' now\n');
  await barrier(2, 30);
  expect(brief().slice(4)).toEqual([
    ['stdout', 30, '{"msg":"unfinished now"}'],
    ['complete', 30, null],
  ]);
});

test('invalid UTF-8 and NULs are kept as text, and the tail is a line when the stream has ended', async () => {
  writeFileSync(join(dir, 'out'), Buffer.from([0xff, 0x00, 0x41, 0x0a, 0x7a]));
  await attach();
  await barrier(1, 5, true);
  expect(brief().slice(1)).toEqual([
    ['stdout', 4, JSON.stringify({ msg: '\ufffd\u0000A' })],
    ['stdout', 5, '{"msg":"z"}'],
    ['complete', 5, null],
  ]);
});

test('beyond its limit lines are counted to the unit, as a gap', async () => {
  writeFileSync(join(dir, 'out'), 'x\n'.repeat(1005));
  await attach({ max_lines: 1000 });
  await barrier(1, 2010);
  const all = records();
  expect(all.filter((r) => r.type === 'stdout')).toHaveLength(1000);
  expect(all.find((r) => r.type === 'gap')).toMatchObject({ lost: 5 });
  expect(all.find((r) => r.type === 'complete')).toMatchObject({ lost: 5 });
});

test('bytes that never reached the file are a gap, and what follows is read on', async () => {
  writeFileSync(join(dir, 'out'), 'kept\n');
  await attach();
  await barrier(1, 12);
  expect(records().filter((r) => r.type === 'gap')).toMatchObject([{ lost: 7 }]);
  const file = Buffer.alloc(12 + 6);
  file.write('kept\n');
  file.write('after\n', 12);
  writeFileSync(join(dir, 'out'), file);
  await barrier(2, 18);
  expect(records().at(-2)).toMatchObject({ type: 'stdout', position: 18, data: '{"msg":"after"}' });
});

test("without the launcher's word the source is incomplete; a pattern that does not compile refuses the source", async () => {
  await attach();
  await barrier(1, undefined);
  expect(records().at(-1)).toMatchObject({ type: 'incomplete', barrier: 1, lost: null });
  expect(await attach({ decoder: { kind: 'regex', pattern: '(' } })).toMatchObject({ failed: expect.any(Number), code: 'E_DECODER' });
});
