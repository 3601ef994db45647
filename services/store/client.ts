import { setTimeout as pause } from 'node:timers/promises';
import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { checkAnswer } from './answer.ts';
import { rowDecoder } from './decode-row.ts';
import { EngineGone, storeError } from './errors.ts';
import { Poster } from './post.ts';
import type { Settings } from './settings.ts';
import { Vigil } from './vigil.ts';

/** A column of a result, as ClickHouse converts it: 64-bit integers are `number` when safe, else `bigint`. */
export type Cell = string | number | bigint | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };

/** A row of a result by column name. */
export type Row = Readonly<Record<string, Cell>>;

/** Values for `{name:Type}` in a query. */
export type Params = Readonly<Record<string, unknown>>;

/** Where a store answers. */
export interface Address {
  /** `http://host:port` or `https://host:port` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
  /** Our own engine: when it is gone it does not come back. */
  readonly embedded: boolean;
}

/** An engine that is gone closes its connections; this is for one that hangs. */
const response_timeout_ms = 600_000;
const retry_ms = 100;

/** The one way to the store: SQL in, exact rows out, blocks in ClickHouse's Native format in. Errors are `StoreError`s. */
export class StoreClient {
  readonly address: Address;
  readonly #client: ClickHouseClient;
  readonly #poster: Poster;

  readonly #patience_ms: number;
  /** Since when nobody has answered. */
  #away_ms = Infinity;

  /** `patience_ms`: how long a server that is away is tried again. `settings`: what every query and insert is executed with. */
  constructor(address: Address, patience_ms = 0, settings: Settings = {}) {
    this.address = address;
    this.#patience_ms = patience_ms;
    this.#poster = new Poster(address, settings);
    this.#client = createClient({
      url: address.url,
      username: address.username,
      password: address.password,
      database: address.database,
      request_timeout: response_timeout_ms,
      max_open_connections: 8,
      keep_alive: { enabled: true, idle_socket_ttl: 2500 },
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: { ...settings, output_format_json_quote_64bit_integers: 1, output_format_json_quote_denormals: 1 },
    });
  }

  /** The rows of a SELECT, all of them in memory. */
  query<R = Row>(sql: string, params: Params = {}): Promise<R[]> {
    return this.#patiently(async (signal) => {
      const asked = {
        query: sql,
        query_params: { ...params },
        format: 'JSONCompactEachRowWithNamesAndTypes',
        abort_signal: signal,
      } as const;
      const result = await this.#client.query(asked);
      checkAnswer(result.response_headers);
      signal.addEventListener('abort', () => result.close(), { once: true });
      const decode = rowDecoder<R>();
      const rows: R[] = [];
      for await (const lines of result.stream()) {
        for (const line of lines) {
          const row = decode(line.text);
          if (row !== null) rows.push(row);
        }
      }
      return rows;
    });
  }

  /** What a SELECT costs the engine: rows and bytes read, and the time. Its result is dropped. */
  costOf(sql: string, params: Params = {}): Promise<{ readonly scanned: number; readonly bytes: number; readonly duration_ms: number }> {
    return this.#patiently(async (signal) => {
      const result = await this.#client.query({ query: sql, query_params: { ...params }, format: 'JSON', abort_signal: signal });
      checkAnswer(result.response_headers);
      const { statistics } = await result.json<unknown>();
      return { scanned: statistics?.rows_read ?? 0, bytes: statistics?.bytes_read ?? 0, duration_ms: (statistics?.elapsed ?? 0) * 1000 };
    });
  }

  /** A statement without a result. It may be executed twice where the first answer was lost. */
  async command(sql: string, params: Params = {}): Promise<void> {
    await this.#patiently(async (signal) => {
      const { response_headers } = await this.#client.command({ query: sql, query_params: { ...params }, abort_signal: signal });
      checkAnswer(response_headers);
    });
  }

  /**
   * Inserts one block in Native format, all rows or none. A block whose token the table has seen lately is taken for done
   * (`non_replicated_deduplication_window`): sent again after a lost answer, its rows are there once.
   */
  async insertNative(table: string, block: readonly Buffer[], token: string): Promise<void> {
    const search = new URLSearchParams({ query: `INSERT INTO ${table} FORMAT Native`, insert_deduplication_token: token });
    await this.#patiently((signal) => this.#poster.post(search, block, signal));
  }

  /** Inserts plain objects, keys named as the columns. For the small tables, whose rows replace each other. */
  async insertRows(table: string, rows: readonly object[]): Promise<void> {
    const search = new URLSearchParams({ query: `INSERT INTO ${table} FORMAT JSONEachRow` });
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    await this.#patiently((signal) => this.#poster.post(search, body, signal));
  }

  /** Whether the store answers. */
  async ping(): Promise<boolean> {
    return (await this.#client.ping()).success;
  }

  async close(): Promise<void> {
    this.#poster.close();
    await this.#client.close();
  }

  /** Tries again as long as nobody answers and the patience lasts, counted from when the server was first found away. Rejects with `StoreError`. */
  async #patiently<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    for (;;) {
      const vigil = new Vigil(this.address);
      try {
        const result = await work(vigil.signal);
        this.#away_ms = Infinity;
        return result;
      } catch (error) {
        if (vigil.failure) throw vigil.failure;
        const known = storeError(this.address, error);
        const now_ms = performance.now();
        if (known instanceof EngineGone) this.#away_ms = Math.min(this.#away_ms, now_ms);
        if (!(known instanceof EngineGone) || now_ms - this.#away_ms >= this.#patience_ms) throw known;
        await pause(retry_ms);
      } finally {
        vigil.end();
      }
    }
  }
}
