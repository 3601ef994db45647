import { ChannelFailure } from '../../collector/channel.ts';
import type { Connection, WalTarget } from './connect.ts';
import type { LogGeometry } from './lsn.ts';

const oldest = 140_000;

interface Row {
  readonly version: number;
  readonly version_text: string;
  readonly wal_level: string;
  readonly slots: number;
  readonly senders: number;
  readonly segment_bytes: string;
  readonly page_bytes: number;
  readonly may_replicate: boolean;
  readonly standby: boolean;
}

const sql = `
  SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS version_text,
    current_setting('wal_level') AS wal_level,
    current_setting('max_replication_slots')::int AS slots, current_setting('max_wal_senders')::int AS senders,
    pg_size_bytes(current_setting('wal_segment_size'))::text AS segment_bytes, current_setting('wal_block_size')::int AS page_bytes, pg_is_in_recovery() AS standby,
    (SELECT rolsuper OR rolreplication FROM pg_roles WHERE rolname = current_user) AS may_replicate`;

/** What matters of a server that can be observed. */
export interface ServerSettings {
  /** server_version_num. */
  readonly version: number;
  readonly log: LogGeometry;
}

/** Reads the settings of a server, which must let it stream; a `ChannelFailure` names the one that stands in the way, and the remedy. */
export async function serverSettings(connection: Connection, target: WalTarget): Promise<ServerSettings> {
  const [row] = await connection.query<Row>(sql);
  const obstacle = row && obstacleIn(row, target);
  if (!row || obstacle) {
    const [code, text] = obstacle ?? ['E_WAL_SERVER', 'the server did not tell its settings.'];
    throw new ChannelFailure(code, `wal_stream of "${target.service}": ${text}`);
  }
  return { version: row.version, log: { segment_bytes: Number(row.segment_bytes), page_bytes: row.page_bytes } };
}

function obstacleIn(row: Row, { user }: WalTarget): readonly [code: string, text: string] | null {
  if (row.version < oldest) return ['E_WAL_VERSION', `the server is PostgreSQL ${row.version_text}; it takes 14 or later.`];
  if (row.standby) return ['E_WAL_STANDBY', 'the server is a standby. Observe the primary.'];
  if (row.wal_level !== 'logical') {
    return ['E_WAL_LEVEL', `wal_level is "${row.wal_level}". Start the server with wal_level=logical (postgres -c wal_level=logical).`];
  }
  if (row.slots === 0) return ['E_WAL_SLOTS', 'max_replication_slots is 0. Raise it; each test that observes this server needs one.'];
  if (row.senders === 0) return ['E_WAL_SENDERS', 'max_wal_senders is 0. Raise it; each test that observes this server needs one.'];
  if (!row.may_replicate) {
    return [
      'E_WAL_RIGHTS',
      `"${user}" may not replicate. ALTER ROLE ${user} REPLICATION, or log in as a superuser with wal_stream(user=, password=).`,
    ];
  }
  return null;
}
