import { connectPostgres, type PostgresConnection, type PostgresLogin, type PostgresResult } from '../../clients/postgres.ts';
import { asText, onceStarted, type Sample, type Target } from './target.ts';

/** "The database system is starting up." */
const cannotConnectNow = '57P03';

/** A query. A single value is that value, rows are a JSON list of objects, no row is nothing. */
export function postgresTarget(sql: string, login: PostgresLogin): Target {
  let connection: PostgresConnection | null = null;
  return {
    sample: onceStarted(
      async (timeout_ms) => {
        try {
          connection ??= await connectPostgres(login, timeout_ms, 'observer');
          return sampleOf(await connection.query(sql, [], timeout_ms));
        } catch (error) {
          // An error of the statement leaves the connection as it is; every other one may have broken it.
          if ((error as { severity?: string }).severity !== 'ERROR') {
            void connection?.close();
            connection = null;
          }
          throw error;
        }
      },
      (error) => (error as { code?: string }).code === cannotConnectNow,
    ),
    close: () => void connection?.close(),
  };
}

function sampleOf({ rows }: PostgresResult): Sample {
  if (rows.length === 0) return { value: '', exists: false };
  const [values] = rows.map((row) => Object.values(row));
  const single = rows.length === 1 && values!.length === 1;
  return single ? { value: asText(values![0]), exists: values![0] !== null } : { value: JSON.stringify(rows), exists: true };
}
