import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StoreClient } from './client.ts';
import { StoreError } from './errors.ts';

const folder = join(import.meta.dirname, '..', '..', 'schemas');

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

function migrations(): Migration[] {
  const files = readdirSync(folder)
    .filter((f) => /^\d{3}_.*\.sql$/.test(f))
    .sort();
  return files.map((name) => ({
    version: Number(name.slice(0, 3)),
    name,
    statements: readFileSync(join(folder, name), 'utf8')
      .split(/;\s*$/m)
      .map((s) => s.trim())
      .filter((s) => s !== ''),
  }));
}

/** The newest migration that the store has seen; 0 for an empty store, whose database is not there yet. */
async function applied(client: StoreClient): Promise<number> {
  try {
    const rows = await client.query<{ version: number }>('SELECT max(version) AS version FROM migrations');
    return rows[0]!.version;
  } catch (error) {
    const type = error instanceof StoreError ? (error.cause as { type?: string } | undefined)?.type : undefined;
    if (type === 'UNKNOWN_TABLE' || type === 'UNKNOWN_DATABASE') return 0;
    throw error;
  }
}

/**
 * Brings the tables to what `schemas/NNN_*.sql` says. Every statement there says IF NOT EXISTS (or the like), so that processes
 * that open a new store at the same moment may all apply it; what was applied stands in the table `migrations`.
 */
export async function migrate(client: StoreClient, admin: () => StoreClient): Promise<void> {
  const all = migrations();
  const newest = all.at(-1)!.version;
  const have = await applied(client);
  if (have > newest) throw newer(client, have, newest);
  if (have === newest) return;
  if (have === 0) await prepare(client, admin());
  for (const m of all) {
    if (m.version <= have) continue;
    for (const statement of m.statements) await client.command(statement);
    await client.insertRows('migrations', [{ version: m.version, name: m.name }]);
  }
}

async function prepare(client: StoreClient, admin: StoreClient): Promise<void> {
  try {
    await admin.command('CREATE DATABASE IF NOT EXISTS {database:Identifier}', { database: client.address.database });
  } finally {
    await admin.close();
  }
  const columns = 'version UInt32, name String, applied_at DateTime DEFAULT now()';
  await client.command(`CREATE TABLE IF NOT EXISTS migrations (${columns}) ENGINE = ReplacingMergeTree ORDER BY version`);
}

function newer({ address }: StoreClient, have: number, newest: number): StoreError {
  const what = `The tables of database "${address.database}" at ${address.url} are those of a newer faultbox (version ${have}; this one knows ${newest}).`;
  return new StoreError('E_STORE_NEWER', `${what} Use that one, or another database.`);
}
