import type { StoreClient } from './client.ts';

/** ClickHouse settings as text. */
export type Settings = Readonly<Record<string, string>>;

/**
 * What a verdict rests on, whatever the profile of the server's user says: a query that meets a limit is refused and not answered in part,
 * an answer is of now, an insert that is acknowledged can be read, one that comes twice is there once, and SQL means what it means by default.
 */
export const exact: Settings = {
  read_overflow_mode: 'throw',
  read_overflow_mode_leaf: 'throw',
  result_overflow_mode: 'throw',
  timeout_overflow_mode: 'throw',
  timeout_overflow_mode_leaf: 'throw',
  group_by_overflow_mode: 'throw',
  sort_overflow_mode: 'throw',
  distinct_overflow_mode: 'throw',
  set_overflow_mode: 'throw',
  join_overflow_mode: 'throw',
  transfer_overflow_mode: 'throw',
  limit: '0',
  offset: '0',
  use_query_cache: '0',
  async_insert: '0',
  insert_deduplicate: '1',
  deduplicate_insert: 'enable',
  transform_null_in: '0',
  join_use_nulls: '0',
  aggregate_functions_null_for_empty: '0',
  empty_result_for_aggregation_by_empty_set: '0',
  cast_keep_nullable: '0',
  session_timezone: '',
};

/** Those of `exact` that a server knows: it refuses a query with any other. */
export async function exactSettings(client: StoreClient): Promise<Settings> {
  const names = Object.keys(exact);
  // One row: a profile may let no more through.
  const sql = 'SELECT groupArray(name) AS known FROM system.settings WHERE name IN {names:Array(String)}';
  const [row] = await client.query<{ known: readonly string[] }>(sql, { names });
  return Object.fromEntries(row!.known.map((name) => [name, exact[name]!]));
}
