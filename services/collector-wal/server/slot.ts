import type { Connection } from './connect.ts';
import { parseLsn, type Lsn } from './lsn.ts';

const objectInUse = '55006';
const undefinedObject = '42704';
const endSender = 'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active_pid IS NOT NULL';
const patience_ms = 2000;
const pause_ms = 5;

/** Makes a slot that keeps the log from now on; returns where it begins. */
export async function createSlot(connection: Connection, name: string): Promise<Lsn> {
  const [row] = await connection.query<{ lsn: string }>(`SELECT lsn::text FROM pg_create_logical_replication_slot($1, 'pgoutput')`, [name]);
  return parseLsn(row!.lsn);
}

/** Drops a slot; ends the server's process that still streams from it. One that is not there is no error. */
export async function dropSlot(connection: Connection, name: string): Promise<void> {
  const end = performance.now() + patience_ms;
  for (;;) {
    try {
      await connection.query('SELECT pg_drop_replication_slot($1)', [name]);
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefinedObject) return;
      if (code !== objectInUse || performance.now() > end) throw error;
      await connection.query(endSender, [name]).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
    }
  }
}
