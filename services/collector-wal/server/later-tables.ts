import { escapeIdentifier } from 'pg';
import type { Connection } from './connect.ts';

/** Tables whose rows nothing tells apart: PostgreSQL refuses UPDATE and DELETE on them while they are published. */
const keyless = `c.relkind = 'r' AND c.relpersistence = 'p' AND c.relreplident <> 'f' AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid
        AND CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END)`;

/**
 * Lets rows count as a whole in each table that comes, or loses its key, while a publication is for all tables: in the transaction that
 * makes it, so that the service under test is never refused an UPDATE or DELETE because it is observed. Takes a superuser.
 * https://www.postgresql.org/docs/current/event-triggers.html
 */
export async function identifyLaterTables(connection: Connection, name: string): Promise<void> {
  const quoted = escapeIdentifier(name);
  await connection.query(`
    CREATE FUNCTION public.${quoted}() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
    DECLARE found oid;
    BEGIN
      FOR found IN SELECT DISTINCT c.oid FROM pg_event_trigger_ddl_commands() d JOIN pg_class c ON c.oid = d.objid AND d.classid = 'pg_class'::regclass
        WHERE ${keyless}
      LOOP
        EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', found::regclass);
      END LOOP;
    EXCEPTION WHEN OTHERS THEN
      NULL; -- What the service does must not fail because it is observed.
    END $$`);
  const tags = ['CREATE TABLE', 'CREATE TABLE AS', 'SELECT INTO', 'ALTER TABLE'].map((tag) => `'${tag}'`).join(', ');
  await connection.query(`CREATE EVENT TRIGGER ${quoted} ON ddl_command_end WHEN TAG IN (${tags}) EXECUTE FUNCTION public.${quoted}()`);
}

/** Takes it back, if it is there. */
export async function forgetLaterTables(connection: Connection, name: string): Promise<void> {
  const quoted = escapeIdentifier(name);
  await connection.query(`DROP EVENT TRIGGER IF EXISTS ${quoted}`);
  await connection.query(`DROP FUNCTION IF EXISTS public.${quoted}()`);
}
