import { canonicalJson } from '../../../services/collector/canonical-json.ts';
import { jsonOk } from '../../../services/correlator/rows/json-ok.ts';
import { COLUMNS, MIRRORS } from '../columns.ts';
import type { Random } from './random.ts';

/** A row of table `events`, as JSON has it. */
export type Row = Readonly<Record<string, string | number | null>>;

const TEXTS = [
  'orders', 'Orders', '', '1', 'true', 'ERROR', 'error: x', 'ümlaut', 'É', 'İ', 'K', '\u{1F600}', 'ΑΣ', 'a_b%c', "it's \\ \"q\"", 'a\tb\nc',
  'wal', '/tmp/x',
];
const INTS = [0, 1, -1, 2, 5, 7, 42, -7, 2147483647, -2147483648];
const LONGS = ['9223372036854775807', '-9223372036854775808', '9007199254740993', ...INTS.map(String)];

/** JSON texts that a naive translation gets wrong. */
const VALUES = [
  ...[
    'orders', 'Orders', '', '1', 'true', '{"z":1}', 'ümlaut', '\u{1F600}', 'É', 'İ', 'K', 'ERROR', 'error', '12', '[1]',
  ].map((s) => JSON.stringify(s)),
  '1', '0', '-1', '2', '5', '7', '-7', '1.0', '1.5', '-0.0', '0.0', '0.1', '1e2', '5e-324', '1e300', 'true', 'false', 'null',
  '9223372036854775807', '-9223372036854775808', '9223372036854775808', '18446744073709551615', '18446744073709551616',
  '123456789012345678901234567890',
  '9007199254740993', '9007199254740992.0', '9223372036854775808.0', '"\\ud800"', '"or\\u0064ers"', '"a\\u0000b"', '"a\\/b"',
  '[]', '["orders"]', '["a",1]', '[1,2,3]', '[1.0,"1",true]', '[{"k":1},{"k":"x"}]', '[{"k":5},{"k":7}]', '[{"k":1},2]', '[[1],[2]]',
  '[null]', '[1e20,3]',
  '{}', '{"z":1}', '{"z":"orders"}', '{"z":null}', '{"z":{"y":2}}', '{"z":[1,"orders"]}',
];
const KEYS = ['t', 'o', 'items', 'level', 'msg', 'table', 'a b', 'ü', ''];

/** Rows that are hard to query: `seq` is their place, from 1. */
export function hostileRows(random: Random, count: number): Row[] {
  return Array.from({ length: count }, (_, i) => ({ seq: i + 1, ...hostileRow(random) }));
}

function hostileRow(random: Random): Row {
  const row: Record<string, string | number | null> = {};
  for (const c of COLUMNS.values()) {
    if (c.name === 'seq') continue;
    if (c.nullable && random.chance(0.4)) row[c.name] = null;
    else if (c.type === 'string') row[c.name] = c.name === 'type' ? random.pick(['wal', 'stdout', 'WAL', '']) : random.pick(TEXTS);
    else row[c.name] = ['fd', 'pid', 'tid', 'partition'].includes(c.name) ? random.pick(INTS) : random.pick(LONGS);
  }
  const members = KEYS.filter(() => random.chance(0.6)).map((k) => `${JSON.stringify(k)}:${random.pick(VALUES)}`);
  if (random.chance(0.1)) members.push(`"t":${random.pick(VALUES)}`);
  if (random.chance(0.03)) members.push(`"deep":${'['.repeat(300)}${']'.repeat(300)}`);
  row.data = canonicalOrEmpty(`{${members.join(',')}}`);
  row.json_ok = jsonOk(row.data) ? 1 : 0;
  Object.assign(row, mirrors(row.data));
  return row;
}

function canonicalOrEmpty(text: string): string {
  try {
    return canonicalJson(text);
  } catch {
    return '{}';
  }
}

function mirrors(data: string): Row {
  const object = JSON.parse(data) as Record<string, unknown>;
  return Object.fromEntries([...MIRRORS].map(([key, column]) => {
    const value = Object.hasOwn(object, key) ? object[key] : null;
    return [column, typeof value === 'string' ? value.toWellFormed() : null];
  }));
}
