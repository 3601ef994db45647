/** An attribute of an event that is a column of table `events`. */
export interface Column {
  readonly name: string;
  readonly type: 'string' | 'int';
  readonly nullable: boolean;
}

const column = (type: Column['type'], nullable: boolean) => (name: string): Column => ({ name, type, nullable });

/** The attributes that predicates are translated for, by name; NULL stands for None. */
export const COLUMNS: ReadonlyMap<string, Column> = new Map([
  ...['type', 'service'].map(column('string', false)),
  ...['seq', 'at'].map(column('int', false)),
  ...['syscall', 'path', 'peer', 'errno', 'decision', 'label', 'table', 'action', 'lsn', 'topic', 'key'].map(column('string', true)),
  ...['fd', 'pid', 'tid', 'partition', 'size', 'ret', 'duration_ns', 'xid', 'offset', 'timestamp_ms'].map(column('int', true)),
].map((c) => [c.name, c]));

/** Keys of `data` with a column of their own: non-null exactly when the key is there with a string. */
export const MIRRORS: ReadonlyMap<string, string> = new Map(
  ['level', 'op', 'msg', 'table', 'action', 'event'].map((key) => [key, `data_${key}`]),
);
