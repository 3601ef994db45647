import { escapeIdentifier, escapeLiteral } from 'pg';
import type { Connection } from './connect.ts';
import { identitySql } from './identity.ts';
import type { TableFilter } from './tables.ts';

/** The server's own tables have lower OIDs (transam.h), and are never published. */
const firstOid = 16_384;
/** The prefix of faultbox's own logical messages, which are no events. */
export const ownPrefix = 'faultbox';
/** What such a message says of a table whose changes do not come while it is unlogged or a partition; its name follows. */
export const unseen = 'unseen ';

/** Commands that make a table, or can take its key. */
const tags = '^(CREATE (TABLE|SCHEMA)|SELECT INTO|ALTER (TABLE|TYPE)|DROP )';

/**
 * Lets rows count as a whole in each table that comes, or loses its key, while it is published: in the transaction that does it, so that
 * the service under test is never refused an UPDATE or DELETE because it is observed. Where rows cannot (virtual generated columns), the
 * publication gives up UPDATE and DELETE instead, which `publishesAll` tells. Of tables that the stream is about and whose changes do not
 * come for a time it tells in the stream (`unseen`). Takes a superuser. The function lies in pg_catalog, where no service drops or lists it.
 * https://www.postgresql.org/docs/current/event-triggers.html
 */
export async function identifyLaterTables(connection: Connection, name: string, filter: TableFilter): Promise<void> {
  const quoted = escapeIdentifier(name);
  const published = `EXISTS (SELECT FROM pg_publication p WHERE p.pubname = ${escapeLiteral(name)} AND p.pubupdate AND (p.puballtables
          OR EXISTS (SELECT FROM pg_publication_rel r WHERE r.prpubid = p.oid
            AND (r.prrelid = c.oid OR r.prrelid IN (SELECT relid FROM pg_partition_ancestors(c.oid))))))`;
  const concerned = '(made IS NULL OR c.oid = ANY (made))';
  const tables = `SELECT c.oid FROM pg_class c WHERE c.relpersistence = 'p' AND c.oid >= ${firstOid} AND ${concerned}`;
  const named = filter.names.map((table) => `(${escapeLiteral(table.schema)}, ${escapeLiteral(table.name)})`).join(', ');
  const blind = filter.all
    ? "c.relpersistence = 'u'"
    : `(c.relpersistence = 'u' OR c.relispartition) AND (n.nspname, c.relname) IN (${named})`;
  // A partitioned table's own identity says what the changes of its partitions tell. In the role of a replica neither this trigger nor one
  // of the service's answers the commands in here.
  await connection.query(`
    CREATE FUNCTION pg_catalog.${quoted}() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog SET session_replication_role = replica AS $body$
    DECLARE
      found oid;
      made oid[]; -- What the command concerns; null for all tables.
    BEGIN
      IF tg_tag !~ '${tags}' THEN RETURN; END IF;
      IF tg_tag ~ '^(CREATE|SELECT)' THEN
        made := ARRAY(SELECT objid FROM pg_event_trigger_ddl_commands() WHERE classid = 'pg_class'::regclass);
      END IF;
      PERFORM pg_logical_emit_message(true, '${ownPrefix}', '${unseen}' || n.nspname || '.' || c.relname)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND ${concerned} AND ${blind};
      FOR found IN ${tables} AND c.relkind IN ('r', 'p') AND ${identitySql} IN ('none', 'deferrable') AND ${published} LOOP
        BEGIN
          EXECUTE format('ALTER TABLE %s REPLICA IDENTITY FULL', found::regclass);
        EXCEPTION WHEN OTHERS THEN
          NULL; -- It counts below.
        END;
      END LOOP;
      IF EXISTS (${tables} AND c.relkind = 'r' AND ${identitySql} <> 'usable' AND ${published}) THEN
        ALTER PUBLICATION ${quoted} SET (publish = 'insert, truncate');
      END IF;
    EXCEPTION WHEN OTHERS THEN
      NULL; -- What the service does must not fail because it is observed.
    END $body$`);
  await connection.query(`CREATE EVENT TRIGGER ${quoted} ON ddl_command_end EXECUTE FUNCTION pg_catalog.${quoted}()`);
}

/** Takes it back, if it is there. */
export async function forgetLaterTables(connection: Connection, name: string): Promise<void> {
  const quoted = escapeIdentifier(name);
  await connection.query(`DROP EVENT TRIGGER IF EXISTS ${quoted}`);
  await connection.query(`DROP FUNCTION IF EXISTS pg_catalog.${quoted}()`);
}
