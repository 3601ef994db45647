import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avro from 'avsc';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { zstdDecompressSync } from 'node:zlib';
import { decodeRecords, encodeRecord, record, recordType } from '../../../schemas/codec.ts';
import type { StdoutRecord } from '../../../schemas/generated/records.ts';
import type { BusError } from '../bus.ts';
import { headOfAnotherVersion } from '../testing/foreign.ts';
import { encodeHead } from './container.ts';
import { openLogReader } from './reader.ts';
import { openLogWriter } from './writer.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultbox-bus-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const line = (position: number, data = `{"n":${position}}`): StdoutRecord =>
  record('stdout', {
    run: 'r',
    test: 't',
    service: 'db',
    source: 'stdout/db',
    position,
    type: 'stdout',
    at_ns: position * 1000,
    data,
    start: 0,
  });
const block = (records: StdoutRecord[]): Buffer => Buffer.concat(records.map((r) => encodeRecord('stdout', r)));
const positions = (reader: ReturnType<typeof openLogReader>): unknown[] => {
  const out: unknown[] = [];
  for (let blocks = reader.read(); blocks.length > 0; blocks = reader.read())
    for (const b of blocks) out.push(...decodeRecords('stdout', b.records).map((r) => r.position));
  return out;
};

describe('the embedded log', () => {
  test('gives back what was appended, in order, to a reader that came first and to one that comes later', () => {
    const early = openLogReader(dir, 'stdout');
    expect(early.read()).toEqual([]);
    const writer = openLogWriter(dir, 'stdout');
    writer.append(block([line(1), line(2)]), 2);
    expect(positions(early)).toEqual([1, 2]);
    writer.append(block([line(3)]), 1);
    expect(positions(early)).toEqual([3]);
    expect(positions(openLogReader(dir, 'stdout'))).toEqual([1, 2, 3]);
    writer.close();
  });

  test.each([true, false])(
    'a reader that met the torn tail of a writer that died follows the next one (looked in between: %s)',
    (looked) => {
      const reader = openLogReader(dir, 'stdout');
      const dead = openLogWriter(dir, 'stdout');
      dead.append(block([line(1)]), 1);
      const whole = statSync(join(dir, 'stdout.avro')).size;
      dead.append(block([line(2, `{"n":"${Array.from({ length: 400 }, (_, i) => i).join()}"}`)]), 1);
      dead.close();
      truncateSync(join(dir, 'stdout.avro'), whole + 100);
      expect(positions(reader)).toEqual([1]);
      const next = openLogWriter(dir, 'stdout');
      if (looked) expect(positions(reader)).toEqual([]);
      for (let n = 3; n < 100; n++) next.append(block([line(n)]), 1);
      expect(positions(reader)).toEqual(Array.from({ length: 97 }, (_, i) => i + 3));
      next.close();
    },
  );

  test('keeps integers beyond 2^53 exact', () => {
    const writer = openLogWriter(dir, 'stdout');
    writer.append(block([{ ...line(1), at_ns: 9_223_372_036_854_775_807n }]), 1);
    expect(decodeRecords('stdout', openLogReader(dir, 'stdout').read()[0]!.records)[0]!.at_ns).toBe(9_223_372_036_854_775_807n);
    writer.close();
  });

  test('is an Avro container file that another reader reads', async () => {
    const writer = openLogWriter(dir, 'stdout');
    writer.append(block([line(1), line(2)]), 2);
    writer.close();
    const decoder = avro.createFileDecoder(join(dir, 'stdout.avro'), {
      codecs: { zstandard: (buf: Buffer, done: (error: Error | null, data?: Buffer) => void) => done(null, zstdDecompressSync(buf)) },
      parseHook: () => recordType('stdout'),
    } as Parameters<typeof avro.createFileDecoder>[1]);
    const seen: unknown[] = [];
    for await (const r of decoder) seen.push((r as StdoutRecord).position);
    expect(seen).toEqual([1, 2]);
  });

  test('cut anywhere, yields the whole blocks before the cut, and a new writer goes on there', () => {
    const writer = openLogWriter(dir, 'stdout');
    const ends: number[] = [];
    for (let i = 1; i <= 5; i++) {
      writer.append(block([line(i)]), 1);
      ends.push(statSync(join(dir, 'stdout.avro')).size);
    }
    writer.close();
    const whole = readFileSync(join(dir, 'stdout.avro'));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length }), (cut) => {
        writeFileSync(join(dir, 'stdout.avro'), whole.subarray(0, cut));
        const kept = ends.filter((end) => end <= cut).map((_, i) => i + 1);
        expect(positions(openLogReader(dir, 'stdout'))).toEqual(kept);
        const again = openLogWriter(dir, 'stdout');
        again.append(block([line(99)]), 1);
        again.close();
        expect(positions(openLogReader(dir, 'stdout'))).toEqual([...kept, 99]);
      }),
    );
  });

  test('says where a damaged block lies and keeps what lies before it', () => {
    const writer = openLogWriter(dir, 'stdout');
    writer.append(block([line(1)]), 1);
    const end = statSync(join(dir, 'stdout.avro')).size;
    writer.close();
    appendFileSync(join(dir, 'stdout.avro'), Buffer.concat([Buffer.from([2, 8]), Buffer.alloc(20)]));
    const reader = openLogReader(dir, 'stdout');
    expect(decodeRecords('stdout', reader.read()[0]!.records)[0]!.position).toBe(1);
    expect(() => reader.read()).toThrow(new RegExp(`damaged at byte ${end}`));
    truncateSync(join(dir, 'stdout.avro'), end);
    expect(positions(openLogReader(dir, 'stdout'))).toEqual([1]);
  });

  test('says of a file with the head of another schema that it is of another version, and of one with none that it is damaged', () => {
    const file = join(dir, 'stdout.avro');
    writeFileSync(file, headOfAnotherVersion('stdout'));
    expect(() => openLogReader(dir, 'stdout').read()).toThrow(/written by another version of faultbox/);
    const torn = encodeHead('stdout').head;
    torn.write('X', 60);
    for (const bytes of [torn, Buffer.from('hello, this is text')]) {
      writeFileSync(file, bytes);
      expect(() => openLogReader(dir, 'stdout').read()).toThrow(/damaged at byte 0: it has no head/);
    }
  });

  test('refuses to append to a file that is something else', () => {
    writeFileSync(join(dir, 'stdout.avro'), 'hello, this is text');
    expect(() => openLogWriter(dir, 'stdout')).toThrow(expect.objectContaining<Partial<BusError>>({ code: 'E_BUS_CORRUPT' }));
    expect(readFileSync(join(dir, 'stdout.avro'), 'utf8')).toBe('hello, this is text');
  });
});
