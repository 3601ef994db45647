import { escapeIdentifier } from 'pg';
import { ChannelFailure } from '../../collector/channel.ts';
import type { Connection, WalTarget } from './connect.ts';
import { forgetLaterTables, identifyLaterTables } from './later-tables.ts';
import { keyless, keylessText, blindSpot } from './observable.ts';
import { keyOf, tablesOf, type TableFilter } from './tables.ts';

const insufficientPrivilege = '42501';

/** From here on a publication can have the stored generated columns, which a table without a key needs. */
const generatedColumns = 180_000;

/**
 * Makes the publication on a server of that version (server_version_num). One FOR ALL TABLES also has tables that come later, as migrations
 * make them, but makes PostgreSQL refuse UPDATE and DELETE on each table without a key, named or not: those that come later get an identity.
 * Where there is such a table already, and where the login may not (it takes a superuser), the publication is for the named tables alone,
 * which must be there then.
 */
export async function createPublication(
  connection: Connection,
  name: string,
  filter: TableFilter,
  target: WalTarget,
  version: number,
): Promise<void> {
  const tables = await tablesOf(connection, name);
  const fail = (code: string, text: string) => new ChannelFailure(code, `wal_stream of "${target.service}": ${text}`);
  const blind = blindSpot(tables, filter);
  if (blind !== null) throw fail('E_WAL_TABLES', blind);
  const without = keyless(tables);
  const mine = without.filter((table) => filter.has(table));
  if (mine.length > 0) throw fail('E_WAL_IDENTITY', keylessText(mine));
  const settings = `publish_via_partition_root = true${version >= generatedColumns ? ', publish_generated_columns = stored' : ''}`;
  const create = (scope: string) => `CREATE PUBLICATION ${escapeIdentifier(name)} FOR ${scope} WITH (${settings})`;
  if (without.length === 0 && (await createIdentified(connection, name, filter, create('ALL TABLES')))) return;
  const absent = filter.absent(tables);
  if (filter.all || absent.length > 0) {
    const noSuperuser = `"${target.user}" is no superuser, so only tables that are there can be published. Log in as a superuser, or create`;
    const remedy = without.length > 0 ? `${keylessText(without)} Or create` : noSuperuser;
    const missing = absent.length === 0 ? '' : `: ${absent.map(keyOf).join(', ')} ${absent.length === 1 ? 'is' : 'are'} not there`;
    throw fail('E_WAL_RIGHTS', `${remedy} the tables before the service is ready and name them in wal_stream(tables=…)${missing}.`);
  }
  const named = tables.filter((table) => filter.has(table)).map((t) => `${escapeIdentifier(t.schema)}.${escapeIdentifier(t.name)}`);
  const forNamed = create(`TABLE ${named.join(', ')}`);
  if (!(await createIdentified(connection, name, filter, forNamed))) await connection.query(forNamed);
}

/** Makes it with what gives later tables their identity; false where the login may not. */
async function createIdentified(connection: Connection, name: string, filter: TableFilter, create: string): Promise<boolean> {
  await connection.query('BEGIN');
  try {
    await identifyLaterTables(connection, name, filter);
    await connection.query(create);
    await connection.query('COMMIT');
    return true;
  } catch (error) {
    await connection.query('ROLLBACK');
    if ((error as { code?: string }).code === insufficientPrivilege) return false;
    throw error;
  }
}

/** Whether it still has all changes: it gives up UPDATE and DELETE for a table whose rows it cannot identify (`identifyLaterTables`). */
export async function publishesAll(connection: Connection, name: string): Promise<boolean> {
  const all = 'SELECT FROM pg_publication WHERE pubname = $1 AND pubinsert AND pubupdate AND pubdelete AND pubtruncate';
  return (await connection.query(all, [name])).length > 0;
}

/** Drops it, if it is there. */
export async function dropPublication(connection: Connection, name: string): Promise<void> {
  await connection.query(`DROP PUBLICATION IF EXISTS ${escapeIdentifier(name)}`);
  await forgetLaterTables(connection, name);
}
