import type { Connection } from './connect.ts';
import { runLives } from './live-runs.ts';
import { ourPrefix, runOf, runPart } from './names.ts';
import { dropPublication } from './publication.ts';
import { dropSlot } from './slot.ts';

/** What cannot be dropped now (somebody else may be at it) stays for the next run. */
const nextTime = (): void => {};

/** Drops slots and publications that dead runs of this machine have left on the server; those of `own` and of other live runs stay. */
export async function dropLeftovers(connection: Connection, own: string): Promise<void> {
  const dead = (name: string) => {
    const run = runOf(name);
    return run !== null && run !== runPart(own) && !runLives(run);
  };
  const like = `${ourPrefix.replaceAll('_', '\\_')}%`;
  const ours = 'SELECT slot_name AS name FROM pg_replication_slots WHERE database = current_database() AND slot_name LIKE $1';
  const slots = await connection.query<{ name: string }>(ours, [like]);
  for (const { name } of slots) if (dead(name)) await dropSlot(connection, name).catch(nextTime);
  const publications = await connection.query<{ name: string }>('SELECT pubname AS name FROM pg_publication WHERE pubname LIKE $1', [like]);
  for (const { name } of publications) if (dead(name)) await dropPublication(connection, name).catch(nextTime);
}
