import { keyOf, type Table, type TableFilter } from './tables.ts';

const kinds: Readonly<Record<string, string>> = { v: 'a view', m: 'a materialized view', f: 'a foreign table' };

/** Why changes of a table that the stream is about do not come, with the remedy; null when they do. */
export function blindSpot(tables: readonly Table[], filter: TableFilter): string | null {
  for (const table of tables) {
    if (filter.all || !filter.has(table)) continue;
    const kind = kinds[table.kind];
    if (kind) return `${keyOf(table)} is ${kind}: its rows are other tables'. Name these.`;
    if (!table.logged) return `${keyOf(table)} is unlogged: its changes are in no log. ALTER TABLE ${keyOf(table)} SET LOGGED.`;
    if (table.partition) return `${keyOf(table)} is a partition: its changes count as those of its table. Name that one.`;
  }
  return null;
}

/** The tables whose UPDATE and DELETE PostgreSQL refuses while they are published: no primary key, no other replica identity. */
export function keyless(tables: readonly Table[]): Table[] {
  return tables.filter(({ kind, logged, identity }) => kind === 'r' && logged && !identity);
}

/** What to say about them. */
export function keylessText(tables: readonly Table[]): string {
  const names = tables.map(keyOf).join(', ');
  return `${names} ${tables.length === 1 ? 'has' : 'have'} no primary key, so PostgreSQL refuses UPDATE and DELETE there while changes are published. `
    + `Add a primary key, or ALTER TABLE ${keyOf(tables[0]!)} REPLICA IDENTITY FULL.`;
}
