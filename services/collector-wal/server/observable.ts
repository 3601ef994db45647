import type { Identity } from './identity.ts';
import { keyOf, type Table, type TableFilter } from './tables.ts';

const kinds: Readonly<Record<string, string>> = { v: 'a view', m: 'a materialized view', f: 'a foreign table' };

/** Why changes of a table that the stream is about do not come, with the remedy; null when they do. */
export function blindSpot(tables: readonly Table[], filter: TableFilter): string | null {
  for (const table of tables) {
    if (filter.all) continue;
    if (!table.logged && table.root !== null && filter.hasKey(table.root)) {
      return `${keyOf(table)}, a partition of ${table.root}, is unlogged: its changes are in no log.`;
    }
    if (!filter.has(table)) continue;
    const kind = kinds[table.kind];
    if (kind) return `${keyOf(table)} is ${kind}: its rows are other tables'. Name these.`;
    if (!table.logged) return `${keyOf(table)} is unlogged: its changes are in no log. ALTER TABLE ${keyOf(table)} SET LOGGED.`;
    if (table.partition) return `${keyOf(table)} is a partition: its changes count as those of its table. Name that one.`;
  }
  return null;
}

/** What a stream about all tables does not tell of, `before` among them, which were unlogged for a time; empty for no such table. */
export function unloggedText(tables: readonly Table[], filter: TableFilter, before: ReadonlySet<string>): string {
  if (!filter.all) return '';
  const unlogged = new Set([...before, ...tables.filter(({ kind, logged }) => kind === 'r' && !logged).map(keyOf)]);
  return unlogged.size === 0 ? '' : `changes of ${[...unlogged].join(', ')} are in no log (unlogged); wal_stream(tables=) names others`;
}

type Lacking = Exclude<Identity, 'usable'>;
type Keyless = Table & { readonly identity: Lacking };

/** The tables whose UPDATE and DELETE PostgreSQL refuses while they are published. */
export function keyless(tables: readonly Table[]): Keyless[] {
  return tables.filter((table): table is Keyless => table.kind === 'r' && table.logged && table.identity !== 'usable');
}

const lacks: Readonly<Record<Lacking, readonly [what: string, remedy: (table: string) => string]>> = {
  none: ['no primary key', (table) => `Add a primary key, or ALTER TABLE ${table} REPLICA IDENTITY FULL.`],
  deferrable: ['no primary key but a deferrable one', (table) => `Make it not deferrable, or ALTER TABLE ${table} REPLICA IDENTITY FULL.`],
  virtual: [
    'virtual generated columns and no key as replica identity',
    (table) => `Add a primary key, and ALTER TABLE ${table} REPLICA IDENTITY DEFAULT.`,
  ],
};

/** What to say about them. */
export function keylessText(tables: readonly Keyless[]): string {
  const list = tables.map((table) => `${keyOf(table)} has ${lacks[table.identity][0]}`).join(', ');
  const remedy = lacks[tables[0]!.identity][1](keyOf(tables[0]!));
  return `${list}, so PostgreSQL refuses UPDATE and DELETE there while changes are published. ${remedy}`;
}
