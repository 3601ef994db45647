/** Keys of `data` that the table `events` repeats in columns of their own. */
export interface DataKeys {
  readonly level: string | null;
  readonly op: string | null;
  readonly msg: string | null;
  readonly table: string | null;
  readonly action: string | null;
  readonly event: string | null;
}

export const noKeys: DataKeys = { level: null, op: null, msg: null, table: null, action: null, event: null };

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Those of the keys whose value is a string. */
export function dataKeys(json: string): DataKeys {
  const data = JSON.parse(json) as Record<string, unknown>;
  if (typeof data !== 'object' || data === null) return noKeys;
  const { level, op, msg, table, action, event } = data;
  return { level: text(level), op: text(op), msg: text(msg), table: text(table), action: text(action), event: text(event) };
}
