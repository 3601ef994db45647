import type { Socket } from 'node:net';
import pg from 'pg';
import { connectObserver, preconnected } from './observer.ts';
import { rawJson } from './raw-json.ts';
import type { Role } from './role.ts';

/** How to log in. */
export interface PostgresLogin {
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** A value of a result, ready for JSON: numbers and booleans as such, int8 of any size, JSON decoded, everything else as the server's text. */
export type PostgresValue = null | boolean | number | string | object;

/** What a statement gave. */
export interface PostgresResult {
  readonly rows: ReadonlyArray<Readonly<Record<string, PostgresValue>>>;
  /** Rows that it returned or changed. */
  readonly count: number;
}

/** One connection to a PostgreSQL server on loopback. */
export interface PostgresConnection {
  readonly local: string;
  readonly remote: string;
  query(sql: string, params: readonly unknown[], timeout_ms: number): Promise<PostgresResult>;
  close(): Promise<void>;
}

const { builtins } = pg.types;
const exact = new Set<number>([builtins.BOOL, builtins.INT2, builtins.INT4, builtins.JSON, builtins.JSONB, builtins.FLOAT4, builtins.FLOAT8]);

/** Types whose value JSON keeps are decoded; all others stay the server's text. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary'): (text: string) => PostgresValue {
    if (oid === builtins.INT8) return (text) => (Number.isSafeInteger(Number(text)) ? Number(text) : rawJson(text));
    if (!exact.has(oid)) return (text) => text;
    return pg.types.getTypeParser(oid, format ?? 'text') as (text: string) => PostgresValue;
  },
};

/** Connects once. Rejects with what the server or the system said. */
export async function connectPostgres(login: PostgresLogin, timeout_ms: number, role: Role): Promise<PostgresConnection> {
  const own = role === 'observer' ? preconnected(await connectObserver(login.port, timeout_ms)) : null;
  const client = new pg.Client({
    host: '127.0.0.1', ...login, connectionTimeoutMillis: timeout_ms, application_name: 'faultbox', types: types as unknown as pg.CustomTypesConfig,
    ...(own ? { stream: () => own } : {}),
  });
  client.on('error', () => {});
  await client.connect();
  const socket = (client as unknown as { connection: { stream: Socket } }).connection.stream;
  return {
    local: `${socket.localAddress}:${socket.localPort}`,
    remote: `${socket.remoteAddress}:${socket.remotePort}`,
    query: async (sql, params, limit_ms) => {
      const config = { text: sql, values: [...params], query_timeout: limit_ms };
      const { rows, rowCount } = await client.query<Record<string, PostgresValue>>(config as pg.QueryConfig);
      return { rows: rows ?? [], count: rowCount ?? rows?.length ?? 0 };
    },
    close: () => client.end().catch(() => {}),
  };
}
