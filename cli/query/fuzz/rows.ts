import { canonicalJson } from '../../../services/collector/canonical-json.ts';
import { dataKeys } from '../../../services/correlator/rows/data-keys.ts';
import { jsonOk } from '../../../services/correlator/rows/json-ok.ts';
import { type EventRow, eventColumns } from '../../events/row.ts';
import { fromJson } from '../../starlark/index.ts';
import { type Column, COLUMNS } from '../columns.ts';
import type { Random } from './random.ts';

/** A row of table `events`, as JSON has it; 64-bit integers are strings. */
export type Row = Readonly<Record<string, string | number | null>> & { readonly data: string; readonly headers: string | null };

// prettier-ignore
const TYPES = [
  'syscall', 'syscall', 'fault', 'wal', 'wal', 'topic', 'topic', 'stdout', 'stdout', 'stderr', 'poll', 'step_send', 'step_recv',
  'lifecycle',
  'violation', 'gap', 'WAL', '',
];
const SERVICES = ['db', 'api', 'test', 'db2', '', 'ümlaut', 'it\'s "x"'];
// prettier-ignore
const TEXTS = [
  'orders', 'Orders', '', '1', 'true', 'ERROR', 'error: x', 'ümlaut', 'É', 'İ', 'K', '\u{1F600}', 'ΑΣ', 'a_b%c', "it's \\ \"q\"",
  'a\tb\nc', 'wal', '/tmp/x', '/var/lib/db/wal', 'a,b,c', ' orders  1 ', 'a\0b', '\uE000', '\uFFFD', 'x\uFFFDy', '12', '+42', '-7', 't',
  'k', 'None', 'oor',
];
const INTS = [0, 1, -1, 2, 5, 7, 42, -7, 2147483647, -2147483648];
const LONGS = ['9223372036854775807', '-9223372036854775808', '9007199254740993', ...INTS.map(String)];

/** JSON texts that a naive translation gets wrong. */
// prettier-ignore
const VALUES = [
  ...[
    'orders', 'Orders', '', '1', 'true', '{"z":1}', 'ümlaut', '\u{1F600}', 'É', 'İ', 'K', 'ERROR', 'error', '12', '[1]', 'wal', 'a,b,c',
    'x', 'o,',
    ' orders  1 ', '\t1\n', '+42', '-7', '007', '1_0', ' 42', '9223372036854775807', '9223372036854775808', '1.5', 'inf', 'nan', '0x1f',
    '1e5',
    'SET key1 v', 'orders\n', '/tmp/x', '\uFFFD', '\uE000', '%s', 'e\u0301', '\u2028x', '\u00a0x', '\ufeffa', 'db', 'oo', 'ooo',
  ].map((s) => JSON.stringify(s)),
  '1', '0', '-1', '2', '5', '7', '-7', '1.0', '1.5', '-0.0', '-0', '0.0', '0.1', '1e2', '5e-324', '1e300', '1.7976931348623157e308',
  'true', 'false',
  'null', '1e400', '-1e400', '9223372036854775807', '-9223372036854775808', '9223372036854775808', '18446744073709551615',
  '18446744073709551616', '-9223372036854775809', '123456789012345678901234567890',
  '9007199254740993', '9007199254740992.0', '9223372036854775808.0', '-1.5', '"\\ud800"', '"or\\u0064ers"', '"a\\u0000b"', '"a\\/b"',
  '"\\udc00x"',
  '[]', '["orders"]', '["a",1]', '[1,2,3]', '[1.0,"1",true]', '[{"k":1},{"k":"x"}]', '[{"k":5},{"k":7}]', '[{"k":1},2]', '[[1],[2]]',
  '[null]', '[1e20,3]', '[0,"",[],{},null,false]', '["orders","wal","x"]', '[true,true]', '[18446744073709551616]', '[["orders",1]]',
  '{}', '{"z":1}', '{"z":"orders"}', '{"z":null}', '{"z":{"y":2}}', '{"z":[1,"orders"]}', '{"":1,"z":[]}', '{"orders":1,"1":2}',
  `${'['.repeat(300)}${']'.repeat(300)}`, `${'['.repeat(450)}${']'.repeat(450)}`, '{"a.b":1,"a":{"b":2}}', '{"z":1,"z":"orders"}',
];
/** Those that the store reads without loss: a row with others is left to the interpreter wherever `data` is looked at. */
const READABLE = VALUES.filter((v) => jsonOk(canonicalJson(v)));
const KEYS = ['t', 'o', 'items', 'level', 'msg', 'table', 'a b', 'ü', '', "it's", 'a.b', '"q"', '\\', 'path', 'wal'];
const HEADERS = ['{}', '{"k":"orders"}', '{"k":"","ü":"1"}', '{"trace":"\\ud800"}'];

/** Rows that are hard to query: `seq` is their place, from 1. Every second has only the attributes that its type has. */
export function hostileRows(random: Random, count: number): Row[] {
  return Array.from({ length: count }, (_, i) => hostileRow(random, i + 1));
}

/** Whether a row has only the attributes of its type. */
export function isConsistent(seq: number): boolean {
  return seq % 2 === 0;
}

function hostileRow(random: Random, seq: number): Row {
  const type = random.pick(TYPES);
  const row: Record<string, string | number | null> = { seq, type, service: random.pick(SERVICES), lane: 1 + (seq % 7) };
  for (const c of COLUMNS.values()) if (!(c.name in row)) row[c.name] = columnValue(c, type, isConsistent(seq), random);
  const headers = (type === 'topic' || !isConsistent(seq)) && random.chance(0.6) ? random.pick(HEADERS) : null;
  const data = document(random);
  return { ...row, headers, data, json_ok: jsonOk(data) ? 1 : 0, ...mirrors(data) };
}

function columnValue(c: Column, type: string, consistent: boolean, random: Random): string | number | null {
  if (c.nullable && ((consistent && !(c.on ?? []).includes(type)) || random.chance(0.4))) return null;
  if (c.type === 'string') return random.pick(TEXTS);
  return ['fd', 'pid', 'tid', 'partition'].includes(c.name) ? random.pick(INTS) : random.pick(LONGS);
}

function document(random: Random): string {
  const values = random.chance(0.7) ? READABLE : VALUES;
  const members = KEYS.filter(() => random.chance(0.5)).map((k) => `${JSON.stringify(k)}:${random.pick(values)}`);
  if (random.chance(0.1)) members.push(`"t":${random.pick(values)}`);
  return canonicalJson(`{${members.join(',')}}`);
}

function mirrors(data: string): Record<string, string | null> {
  const keys = dataKeys(data);
  const wellFormed = (text: string | null): string | null => text?.toWellFormed() ?? null;
  return {
    data_level: wellFormed(keys.level),
    data_op: wellFormed(keys.op),
    data_msg: wellFormed(keys.msg),
    data_table: wellFormed(keys.table),
    data_action: wellFormed(keys.action),
    data_event: wellFormed(keys.event),
  };
}

/** The row as the store gives it back. */
export function stored(row: Row): EventRow {
  const cell = (name: string): unknown => {
    const value = row[name] ?? null;
    return COLUMNS.get(name)?.type === 'int' && value !== null ? fromJson(String(value)) : value;
  };
  const empty = { source: '', cause_rule: [], cause_seq: [], cause_certain: [], clock_service: [], clock_value: [] };
  return { ...Object.fromEntries(eventColumns.map((name) => [name, cell(name)])), ...empty } as unknown as EventRow;
}
