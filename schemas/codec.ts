import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avro from 'avsc';
import type { AvroLong, PollRecord, RunnerRecord, StdoutRecord, SyscallRecord, TopicRecord, WalRecord } from './generated/records.ts';

/** The writers of a bus, one schema and, embedded, one file each. */
export const roomNames = ['runner', 'syscall', 'stdout', 'wal', 'topic', 'poll'] as const;

/** One of them. */
export type Room = (typeof roomNames)[number];

/** The record type that a room's blocks hold. */
export interface RecordOf {
  runner: RunnerRecord;
  syscall: SyscallRecord;
  stdout: StdoutRecord;
  wal: WalRecord;
  topic: TopicRecord;
  poll: PollRecord;
}

const safe = (n: bigint): AvroLong => (n >= BigInt(Number.MIN_SAFE_INTEGER) && n <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(n) : n);

/** Avro longs as `AvroLong`: avsc alone refuses what lies beyond 2^53, and a host's clock does after 104 days. */
const longType = avro.types.LongType.__with({
  fromBuffer: (buf: Buffer) => safe(buf.readBigInt64LE()),
  toBuffer: (n: AvroLong) => {
    const buf = Buffer.alloc(8);
    buf.writeBigInt64LE(BigInt(n));
    return buf;
  },
  fromJSON: (n: number) => n,
  toJSON: Number,
  isValid: (n: unknown) => typeof n === 'bigint' || Number.isSafeInteger(n),
  compare: (a: AvroLong, b: AvroLong) => (a < b ? -1 : a > b ? 1 : 0),
});

/** The Avro schema text of a room, as it stands in the head of its files. */
export function schemaText(room: Room): string {
  return readFileSync(join(import.meta.dirname, 'generated', `${room}.avsc`), 'utf8');
}

const types = new Map<Room, avro.Type>();

/** The avsc type of a room's records. */
export function recordType(room: Room): avro.Type {
  let type = types.get(room);
  if (!type) {
    type = avro.Type.forSchema(JSON.parse(schemaText(room)) as avro.Schema, { registry: { long: longType } });
    types.set(room, type);
  }
  return type;
}

/** A record with every nullable field null but those given. */
export function record<R extends Room>(room: R, fields: Partial<RecordOf[R]>): RecordOf[R] {
  const empty: Record<string, unknown> = {};
  const { fields: all } = recordType(room) as unknown as { fields: ReadonlyArray<{ name: string }> };
  for (const f of all) empty[f.name] = null;
  return Object.assign(empty, fields) as unknown as RecordOf[R];
}

/** Avro bytes of one record, without any framing. */
export function encodeRecord<R extends Room>(room: R, value: RecordOf[R]): Buffer {
  return recordType(room).toBuffer(value);
}

/** The records of a block's uncompressed bytes. For tests and tools; the correlator has a faster reader. */
export function decodeRecords<R extends Room>(room: R, bytes: Buffer): Array<RecordOf[R]> {
  const type = recordType(room);
  const out: Array<RecordOf[R]> = [];
  for (let at = 0; at < bytes.length;) {
    const { value, offset } = type.decode(bytes, at) as { value: RecordOf[R]; offset: number };
    out.push(value);
    at = offset;
  }
  return out;
}
