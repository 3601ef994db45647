import type { Connection } from './connect.ts';
import { identitySql, type Identity } from './identity.ts';

/** A table of the database, as far as its being observed goes. */
export interface Table {
  readonly schema: string;
  readonly name: string;
  /** r: table, p: partitioned table, v and m: views, f: foreign table (pg_class.relkind). */
  readonly kind: string;
  /** False for unlogged and temporary tables: their changes are in no log. */
  readonly logged: boolean;
  readonly partition: boolean;
  /** The partitioned table that a partition belongs to in the end, as `keyOf` writes it. */
  readonly root: string | null;
  readonly identity: Identity;
  readonly published: boolean;
}

const everyTable = `
  SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind, c.relpersistence = 'p' AS logged, c.relispartition AS partition,
    (SELECT s.nspname || '.' || r.relname FROM pg_class r JOIN pg_namespace s ON s.oid = r.relnamespace
      WHERE c.relispartition AND r.oid = pg_partition_root(c.oid)) AS root,
    ${identitySql} AS identity,
    EXISTS (SELECT FROM pg_publication_tables p WHERE p.pubname = $1 AND p.schemaname = n.nspname AND p.tablename = c.relname) AS published
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
  ORDER BY 1, 2`;

/** The tables of the database, the server's own excepted. */
export function tablesOf(connection: Connection, publication: string): Promise<Table[]> {
  return connection.query<Table>(everyTable, [publication]);
}

/** A table that a spec names. Without a schema, `public` is meant. */
export interface TableName {
  readonly schema: string;
  readonly name: string;
}

/** Reads `orders` or `billing.invoices`, as the catalog has them: case counts. */
export function tableName(text: string): TableName {
  const dot = text.indexOf('.');
  return dot < 0 ? { schema: 'public', name: text } : { schema: text.slice(0, dot), name: text.slice(dot + 1) };
}

/** The tables that a stream is about. None named: all. */
export class TableFilter {
  readonly names: readonly TableName[];
  readonly #keys: ReadonlySet<string>;

  constructor(texts: readonly string[]) {
    this.names = texts.map(tableName);
    this.#keys = new Set(this.names.map(keyOf));
  }

  get all(): boolean {
    return this.names.length === 0;
  }

  has(table: TableName): boolean {
    return this.hasKey(keyOf(table));
  }

  /** The same, of a name as `keyOf` writes it. */
  hasKey(key: string): boolean {
    return this.all || this.#keys.has(key);
  }

  /** A table that is named twice. */
  get repeated(): TableName | undefined {
    return this.names.find((name, i) => this.names.findIndex((other) => keyOf(other) === keyOf(name)) < i);
  }

  /** The named tables that are not there. */
  absent(tables: readonly Table[]): TableName[] {
    const there = new Set(tables.map(keyOf));
    return this.names.filter((name) => !there.has(keyOf(name)));
  }
}

/** `billing.invoices`. */
export function keyOf({ schema, name }: TableName): string {
  return `${schema}.${name}`;
}
