import { MIRRORS } from './columns.ts';
import { and, not } from './formula.ts';
import { type Case, int, json, type Path, type Symbolic, text } from './symbolic.ts';

/** The value at a path of `data` that is there, by its JSON type. */
export function valueAt(path: Path, mirror: string | null = null): Symbolic {
  const is = (type: string): string => `${json('JSONType', path)} = '${type}'`;
  const string: Case =
    mirror === null
      ? { when: is('String'), shape: text(json('JSONExtractString', path)) }
      : { when: `isNotNull(${mirror})`, shape: text(`assumeNotNull(${mirror})`) };
  return {
    open: '0',
    cases: [
      string,
      { when: is('Int64'), shape: int(json('JSONExtractInt', path)) },
      { when: is('UInt64'), shape: int(json('JSONExtractUInt', path)) },
      { when: is('Double'), shape: { kind: 'float', sql: json('JSONExtractFloat', path) } },
      { when: is('Bool'), shape: { kind: 'bool', sql: json('JSONExtractBool', path) } },
      { when: is('Null'), shape: { kind: 'constant', value: null } },
      { when: is('Array'), shape: { kind: 'list', path } },
      { when: is('Object'), shape: { kind: 'dict', path } },
    ],
  };
}

/** The entry of a dict under a key, and `missing` where it has none. `key` is the name when it is constant, `sql` the key as SQL. */
export function entryOf(dict: Path, key: string | null, sql: string, missing: Symbolic): Symbolic {
  const path = [...dict, sql];
  const has = json('JSONHas', path);
  const mirror = dict.length === 0 && key !== null ? (MIRRORS.get(key) ?? null) : null;
  const present = valueAt(path, mirror).cases.map((c) => (c.shape.kind === 'constant' ? { ...c, when: and(has, c.when) } : c));
  const absent = missing.cases.map((c) => ({ ...c, when: and(not(has), c.when) }));
  return { cases: [...present, ...absent], open: and(not(has), missing.open) };
}
