import type { StoreClient } from './client.ts';

/**
 * The name that all correlators of this store share, by whatever address it is reached. Those that would fill another store, or expect
 * other tables, have another.
 */
export async function correlatorGroup(client: StoreClient): Promise<string> {
  const [row] = await client.query<{ id: string }>(
    "SELECT concat(toString(uuid), '.', (SELECT toString(max(version)) FROM migrations)) AS id FROM system.tables WHERE database = currentDatabase() AND name = 'events'",
    {},
  );
  return `faultbox.${row!.id}`;
}
