import type { AvroLong } from '../../schemas/generated/records.ts';

/** An event as the store has it. Attributes that do not apply are null; `data` is JSON text. */
export interface EventRow {
  readonly seq: number;
  readonly type: string;
  readonly service: string;
  /** ns since the test's start */
  readonly at: number;
  readonly source: string;
  readonly data: string;
  /** The event's own entry of its clock. */
  readonly lane: number;
  /** The other lanes' entries, where one of them changed at this event; else empty. */
  readonly clock_service: readonly string[];
  readonly clock_value: readonly number[];
  readonly cause_rule: readonly string[];
  readonly cause_seq: readonly number[];
  readonly cause_certain: readonly number[];
  readonly syscall: string | null;
  readonly path: string | null;
  readonly fd: number | null;
  readonly peer: string | null;
  readonly size: AvroLong | null;
  readonly ret: AvroLong | null;
  readonly errno: string | null;
  readonly duration_ns: AvroLong | null;
  readonly pid: number | null;
  readonly tid: number | null;
  readonly decision: string | null;
  readonly label: string | null;
  readonly table: string | null;
  readonly action: string | null;
  readonly lsn: string | null;
  readonly xid: AvroLong | null;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: AvroLong | null;
  readonly key: string | null;
  /** JSON text of an object. */
  readonly headers: string | null;
  readonly timestamp_ms: AvroLong | null;
}

/** The columns of an `EventRow`, for a SELECT. */
// prettier-ignore
export const eventColumns = [
  'seq', 'type', 'service', 'at', 'source', 'data', 'lane', 'clock_service', 'clock_value', 'cause_rule', 'cause_seq', 'cause_certain',
  'syscall', 'path', 'fd', 'peer', 'size', 'ret', 'errno', 'duration_ns', 'pid', 'tid', 'decision', 'label',
  'table', 'action', 'lsn', 'xid', 'topic', 'partition', 'offset', 'key', 'headers', 'timestamp_ms',
] as const satisfies ReadonlyArray<keyof EventRow>;
