import { ChannelFailure } from '../../collector/channel.ts';
import type { WalTarget } from './connect.ts';

interface ServerError {
  readonly code?: string;
  readonly message: string;
}

/**
 * What PostgreSQL's refusal means for the spec or the server's settings, with the remedy; codes:
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function serverFailure(error: unknown, target: WalTarget): Error {
  if (error instanceof ChannelFailure) return error;
  const { code = '', message } = error as ServerError;
  const { service, user, database } = target;
  const say = (ours: string, text: string) => new ChannelFailure(ours, `wal_stream of "${service}": ${text}`);
  switch (code) {
    case '28P01':
    case '28000':
      if (message.includes('pg_hba.conf')) {
        return say(
          'E_WAL_LOGIN',
          `${message}. faultbox connects over TCP from 127.0.0.1, without TLS: let its pg_hba.conf have a line ` +
            `such as "host ${database} ${user} 127.0.0.1/32 scram-sha-256".`,
        );
      }
      return say(
        'E_WAL_LOGIN',
        `the server refuses the login of "${user}": ${message}. ` +
          `Give wal_stream(user=, password=), or set POSTGRES_USER and POSTGRES_PASSWORD in the service's env.`,
      );
    case '3D000':
      return say(
        'E_WAL_DATABASE',
        `there is no database "${database}". ` + `Give wal_stream(database=), or set POSTGRES_DB in the service's env.`,
      );
    case '53400':
      return say(
        'E_WAL_SLOTS',
        `all replication slots are in use: ${message}. ` + `Raise max_replication_slots; each test that observes this server needs one.`,
      );
    case '53300':
      return say(
        'E_WAL_SENDERS',
        `the server has no connection left: ${message}. Raise max_wal_senders and max_connections; ` +
          `each test that observes this server needs one of the first and two of the second.`,
      );
    case '42501':
      return say(
        'E_WAL_RIGHTS',
        `"${user}" lacks a right: ${message}. ` +
          `Observe as a superuser, or ALTER ROLE ${user} REPLICATION, GRANT CREATE ON DATABASE ${database} TO ${user}, and let it own the tables.`,
      );
    case '55000':
      return say('E_WAL_STATE', `the server refuses logical decoding: ${message}.`);
    default:
      return say('E_WAL_SERVER', `${message}${code === '' ? '' : ` (${code})`}.`);
  }
}
