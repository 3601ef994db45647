/**
 * What tells a table's rows apart in the log. PostgreSQL refuses UPDATE and DELETE on a published table unless it is `usable`; `none`: no
 * key at all, `deferrable`: only a key that is not checked at once, `virtual`: no key, and columns that exist nowhere, so that a row cannot
 * count as a whole. https://www.postgresql.org/docs/current/logical-replication-publication.html
 */
export type Identity = 'usable' | 'none' | 'deferrable' | 'virtual';

const key = (which: string): string => `EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = c.oid AND i.indisvalid AND ${which})`;
const identityIndex = `CASE c.relreplident WHEN 'd' THEN i.indisprimary WHEN 'i' THEN i.indisreplident ELSE false END`;
const virtualColumn = `EXISTS (SELECT FROM pg_catalog.pg_attribute a
      WHERE a.attrelid = c.oid AND a.attgenerated = 'v' AND NOT a.attisdropped)`;

/** SQL: the identity of the table `c`, a row of pg_class. */
export const identitySql = `CASE WHEN ${key(`i.indimmediate AND ${identityIndex}`)} THEN 'usable' WHEN ${virtualColumn} THEN 'virtual'
      WHEN c.relreplident = 'f' THEN 'usable' WHEN ${key(identityIndex)} THEN 'deferrable' ELSE 'none' END`;
