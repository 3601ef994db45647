import type { EventRow } from './row.ts';

// prettier-ignore
const attributes = [
  'syscall', 'path', 'fd', 'peer', 'size', 'ret', 'errno', 'duration_ns', 'pid', 'tid', 'decision', 'label',
  'table', 'action', 'lsn', 'xid', 'topic', 'partition', 'offset', 'key', 'headers', 'timestamp_ms',
] as const;

/** The attributes of an event that apply to it. */
export function attributesOf(event: EventRow): Record<string, string | number | bigint> {
  const out: Record<string, string | number | bigint> = {};
  for (const name of attributes) {
    const value = event[name];
    if (value !== null) out[name] = value;
  }
  return out;
}

/** `fields`: each attribute that applies and each top-level key of `data`, as strings; `data` wins. */
export function fieldsOf(event: EventRow): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributesOf(event))) out[name] = String(value);
  for (const [key, value] of Object.entries(JSON.parse(event.data || '{}') as Record<string, unknown>))
    out[key] = typeof value === 'string' ? value : JSON.stringify(value);
  return out;
}
