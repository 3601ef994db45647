/** What kind of value an attribute of an event has in specs; one that does not apply is None. */
export type AttributeType = 'int' | 'string' | 'dict';

/** One attribute of events, as the language, the reference and the editor know it. */
export interface EventAttribute {
  readonly name: string;
  readonly type: AttributeType;
  /** Types of the events that have it; null: all of them. */
  readonly on: readonly string[] | null;
  readonly doc: string;
}

const call = ['syscall', 'fault'] as const;
const attribute = (name: string, type: AttributeType, on: readonly string[] | null, doc: string): EventAttribute => ({
  name,
  type,
  on,
  doc,
});

/** Every type that an event can have. */
export const eventTypes: readonly string[] = [
  'syscall',
  'stdout',
  'stderr',
  'wal',
  'topic',
  'poll',
  'step_send',
  'step_recv',
  'lifecycle',
  'fault',
  'violation',
  'gap',
];

/** Every attribute that an event has in specs. */
export const eventAttributeTable: readonly EventAttribute[] = [
  attribute('seq', 'int', null, "place in the test's order, from 1"),
  attribute('type', 'string', null, eventTypes.join(', ')),
  attribute('service', 'string', null, 'the service; steps and violations have "test"'),
  attribute('at', 'int', null, "ns since the test's start"),
  attribute('clock', 'dict', null, 'vector clock: service to count'),
  attribute('data', 'dict', null, 'what the event holds beside its attributes'),
  attribute('fields', 'dict', null, 'each attribute that applies and each key of data, as strings; data wins'),
  attribute('syscall', 'string', call, 'name of the call; clone, execve, exit and wait4 are the process events'),
  attribute('path', 'string', ['syscall'], 'the file that the call names, or that its descriptor is'),
  attribute('fd', 'int', ['syscall'], 'the descriptor'),
  attribute('peer', 'string', ['syscall'], 'the other end of a connection: service:port as in the spec, test, else ip:port'),
  attribute('size', 'int', ['syscall'], 'bytes asked for'),
  attribute('ret', 'int', ['syscall'], 'return value; None for a call that was still running at a barrier'),
  attribute('errno', 'string', ['syscall'], '"EIO" where the call failed'),
  attribute('duration_ns', 'int', call, 'from entry to exit; of a fault, to its answer'),
  attribute('pid', 'int', call, 'process'),
  attribute('tid', 'int', call, 'thread'),
  attribute('decision', 'string', call, '"deny(EIO)" or "delay(500ms)" where a fault struck'),
  attribute('label', 'string', call, 'the label of the fault that struck'),
  attribute('table', 'string', ['wal'], 'the table, without its schema'),
  attribute('action', 'string', ['wal'], 'INSERT, UPDATE, DELETE, TRUNCATE or MESSAGE'),
  attribute('lsn', 'string', ['wal'], 'LSN of the commit: "0/1A2B3C8"'),
  attribute('xid', 'int', ['wal'], 'transaction'),
  attribute('topic', 'string', ['topic'], 'the topic or subject'),
  attribute('partition', 'int', ['topic'], 'the partition of a Kafka topic'),
  attribute('offset', 'int', ['topic'], 'the offset in it; of JetStream the sequence'),
  attribute('key', 'string', ['topic'], "the message's key"),
  attribute('headers', 'dict', ['topic'], 'header names to values'),
  attribute('timestamp_ms', 'int', ['topic'], "the message's own timestamp, ms since 1970"),
];

/** The names of every attribute that an event has in specs. */
export const eventAttributes: readonly string[] = eventAttributeTable.map((a) => a.name);
