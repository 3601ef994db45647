import type { Socket } from 'node:net';
import pg from 'pg';
import { integerOf, rawNumber } from './json-number.ts';
import { connectObserver, preconnected } from './observer.ts';
import type { Role } from './role.ts';

/** How to log in. */
export interface PostgresLogin {
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/**
 * A value of a result, ready for JSON: booleans, integers of up to 8 bytes and floats as such (NaN and the infinities as text), JSON decoded
 * with its numbers digit by digit, everything else as the server's text.
 */
export type PostgresValue = null | boolean | number | string | object;

/** What a text of one or more statements gave. */
export interface PostgresResult {
  /** Of the last statement that returns any. */
  readonly rows: ReadonlyArray<Readonly<Record<string, PostgresValue>>>;
  /** Rows that all of them returned or changed. */
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
/** What the client says when `query_timeout` has passed. */
const timedOut = 'Query read timeout';

type Decode = (text: string) => PostgresValue;

const float: Decode = (text) => (Number.isFinite(Number(text)) ? Number(text) : text);
const exact = (_: string, value: unknown, { source } = { source: '' }): unknown => (typeof value === 'number' ? rawNumber(source) : value);
const json: Decode = (text) => JSON.parse(text, exact) as PostgresValue;

/** Types whose value JSON keeps; all others stay the server's text. */
const decoders: ReadonlyMap<number, Decode> = new Map([
  [builtins.BOOL, (text) => text === 't'],
  [builtins.INT2, integerOf],
  [builtins.INT4, integerOf],
  [builtins.INT8, integerOf],
  [builtins.FLOAT4, float],
  [builtins.FLOAT8, float],
  [builtins.JSON, json],
  [builtins.JSONB, json],
]);
const types = { getTypeParser: (oid: number): Decode => decoders.get(oid) ?? ((text) => text) };

/** Connects once. Rejects with what the server or the system said. */
export async function connectPostgres(login: PostgresLogin, timeout_ms: number, role: Role): Promise<PostgresConnection> {
  const own = role === 'observer' ? preconnected(await connectObserver(login.port, timeout_ms)) : null;
  const client = new pg.Client({
    host: '127.0.0.1',
    ...login,
    connectionTimeoutMillis: timeout_ms,
    application_name: 'faultbox',
    types: types as unknown as pg.CustomTypesConfig,
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
      const answer: Answer | Answer[] = await client
        .query<Record<string, PostgresValue>>(config as pg.QueryConfig)
        .catch((error: Error) => {
          throw error.message === timedOut ? new Error(`no answer within ${limit_ms} ms`) : error;
        });
      return resultOf(Array.isArray(answer) ? answer : [answer]);
    },
    close: () => client.end().catch(() => {}),
  };
}

type Answer = pg.QueryResult<Record<string, PostgresValue>>;

function resultOf(answers: readonly Answer[]): PostgresResult {
  const rows = answers.findLast((answer) => answer.fields.length > 0 || answer.rows.length > 0)?.rows ?? [];
  return { rows, count: answers.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0) };
}
