import { ChannelFailure } from '../../collector/channel.ts';
import type { Connection } from './connect.ts';
import { parseLsn, type Lsn } from './lsn.ts';

const objectInUse = '55006';
const undefinedObject = '42704';
const endSender = 'SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name = $1 AND active_pid IS NOT NULL';
const queryCanceled = '57014';
const patience_ms = 2000;
const pause_ms = 5;
/** A slot begins when every transaction that has written something has ended. */
const create_ms = 10_000;

/**
 * Makes a slot that keeps the log from now on; returns where it begins. Where open transactions keep it from beginning, a `ChannelFailure`
 * names them.
 */
export async function createSlot(connection: Connection, name: string, service: string): Promise<Lsn> {
  await connection.query(`SET statement_timeout = ${create_ms}`);
  try {
    const create = `SELECT lsn::text FROM pg_create_logical_replication_slot($1, 'pgoutput')`;
    const [row] = await connection.query<{ lsn: string }>(create, [name]);
    return parseLsn(row!.lsn);
  } catch (error) {
    if ((error as { code?: string }).code !== queryCanceled) throw error;
    const names = (await connection.query<{ name: string }>(openTransactions)).map((row) => row.name).join(', ');
    throw new ChannelFailure(
      'E_WAL_OPEN',
      `wal_stream of "${service}": observation cannot begin before transactions that have ` +
        `written something end, and after ${create_ms / 1000} s these are open: ${names}. End them before the service is ready.`,
    );
  } finally {
    await connection.query('RESET statement_timeout');
  }
}

/** What is said of them has no text of statements, which can hold secrets. */
const openTransactions = `
  SELECT format('process %s of %I (%s)', pid, usename, state) AS name FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
  UNION ALL SELECT format('prepared transaction %L', gid) FROM pg_prepared_xacts`;

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
