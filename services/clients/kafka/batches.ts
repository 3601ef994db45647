import { codecOf } from './internals.ts';
import { readRecords, type KafkaRecord } from './records.ts';

/** One record batch of a partition's log. Its records can be fewer than its offsets where the log was compacted. */
export interface Batch {
  readonly first: number;
  readonly last: number;
  readonly producer: bigint;
  readonly transactional: boolean;
  /** Marks the end of a transaction; its record is no message. */
  readonly control: boolean;
  readonly records: readonly KafkaRecord[];
  /** Why its records cannot be read; empty when they can. */
  readonly unreadable: string;
}

/** A transaction that was rolled back. */
export interface Aborted {
  readonly producer: bigint;
  readonly first: number;
}

const overhead = 61;
const [appendTimeBit, transactionalBit, controlBit] = [0x08, 0x10, 0x20];
const abortMarker = Buffer.from([0, 0, 0, 0]);

/**
 * The batches of a fetched record set (https://kafka.apache.org/documentation/#recordbatch); one that is cut off at the end is left out. Where
 * each begins and ends is read here, so that a batch without records and one in an unknown compression have their place too.
 */
export async function readBatches(set: Buffer): Promise<Batch[]> {
  const out: Batch[] = [];
  for (let at = 0; at + overhead <= set.length;) {
    const end = at + 12 + set.readInt32BE(at + 8);
    if (end > set.length) break;
    out.push(await readBatch(set.subarray(at, end)));
    at = end;
  }
  return out;
}

async function readBatch(bytes: Buffer): Promise<Batch> {
  const first = Number(bytes.readBigInt64BE(0));
  const magic = bytes.readInt8(16);
  if (magic !== 2)
    return {
      first,
      last: first,
      producer: -1n,
      transactional: false,
      control: false,
      records: [],
      unreadable: `it is in the old message format ${magic}`,
    };
  const attributes = bytes.readInt16BE(21);
  const place = {
    first,
    last: first + bytes.readInt32BE(23),
    producer: bytes.readBigInt64BE(43),
    transactional: (attributes & transactionalBit) !== 0,
    control: (attributes & controlBit) !== 0,
  };
  try {
    const [begun_ms, newest_ms] = [Number(bytes.readBigInt64BE(27)), Number(bytes.readBigInt64BE(35))];
    const base = { offset: first, timestamp_ms: begun_ms, appended_ms: (attributes & appendTimeBit) === 0 ? null : newest_ms };
    const count = bytes.readInt32BE(57);
    const codec = count === 0 ? null : codecOf(attributes);
    const packed = bytes.subarray(overhead);
    const records = readRecords(codec === null ? packed : await codec.decompress(packed), count, base);
    return { ...place, records, unreadable: '' };
  } catch (error) {
    return { ...place, records: [], unreadable: (error as Error).message };
  }
}

/** Leaves out what was rolled back; `aborted` belongs to the same answer, sorted by offset. */
export function withoutAborted(batches: readonly Batch[], aborted: readonly Aborted[]): ReadonlySet<Batch> {
  const waiting = [...aborted].sort((a, b) => a.first - b.first);
  const ended = new Set<bigint>();
  const kept = new Set<Batch>();
  for (const batch of batches) {
    while (waiting.length > 0 && waiting[0]!.first <= batch.last) ended.add(waiting.shift()!.producer);
    if (batch.control && batch.records.some((r) => r.key?.equals(abortMarker))) ended.delete(batch.producer);
    if (!batch.control && !(batch.transactional && ended.has(batch.producer))) kept.add(batch);
  }
  return kept;
}
