import { connectPostgres, type PostgresLogin, type PostgresResult } from '../../clients/postgres.ts';
import { asText, serverTarget, type Sample, type Target } from './target.ts';

/** "The database system is starting up." */
const cannotConnectNow = '57P03';

/** A query. A single value is that value, rows are a JSON list of objects, no row is nothing. */
export function postgresTarget(sql: string, login: PostgresLogin): Target {
  return serverTarget({
    connect: (timeout_ms) => connectPostgres(login, timeout_ms, 'observer'),
    ask: async (connection, timeout_ms) => sampleOf(await connection.query(sql, [], timeout_ms)),
    answers: (error) => (error as { severity?: string }).severity === 'ERROR',
    starting: (error) => (error as { code?: string }).code === cannotConnectNow,
  });
}

function sampleOf({ rows }: PostgresResult): Sample {
  if (rows.length === 0) return { value: '', exists: false };
  const [values] = rows.map((row) => Object.values(row));
  const single = rows.length === 1 && values!.length === 1;
  return single ? { value: asText(values![0]), exists: values![0] !== null } : { value: JSON.stringify(rows), exists: true };
}
