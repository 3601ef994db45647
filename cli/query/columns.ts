/** An attribute of an event that is a column of table `events`. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'int';
  readonly nullable: boolean;
  /** The event types that have it; null = all. On others it is None. */
  readonly on: readonly string[] | null;
}

const calls = ['syscall', 'fault'];

const columns = (type: Column['type'], on: Column['on'], ...names: string[]): Column[] =>
  names.map((name) => ({ name, type, nullable: on !== null, on }));

/** The attributes that are columns, by name; NULL stands for None. Steps have the peer they spoke to, and how long the answer took. */
export const COLUMNS: ReadonlyMap<string, Column> = new Map(
  [
    ...columns('string', null, 'type', 'service'),
    ...columns('int', null, 'seq', 'at'),
    ...columns('string', calls, 'syscall', 'path', 'errno', 'decision', 'label'),
    ...columns('string', [...calls, 'step_send', 'step_recv'], 'peer'),
    ...columns('int', calls, 'fd', 'size', 'ret', 'pid', 'tid'),
    ...columns('int', [...calls, 'step_send', 'step_recv'], 'duration_ns'),
    ...columns('string', ['wal'], 'table', 'action', 'lsn'),
    ...columns('int', ['wal'], 'xid'),
    ...columns('string', ['topic'], 'topic', 'key'),
    ...columns('int', ['topic'], 'partition', 'offset', 'timestamp_ms'),
  ].map((c) => [c.name, c]),
);

/** The attributes that are no columns as they are. */
export const DERIVED = ['data', 'fields', 'clock', 'headers'] as const;

/** Event types that have attributes of their own. */
export const TYPES_WITH_ATTRIBUTES: readonly string[] = [...new Set([...COLUMNS.values()].flatMap((c) => c.on ?? []))];

/** Keys of `data` with a column of their own: non-null exactly when the key is there with a string. */
export const MIRRORS: ReadonlyMap<string, string> = new Map(
  ['level', 'op', 'msg', 'table', 'action', 'event'].map((key) => [key, `data_${key}`]),
);
