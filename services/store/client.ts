import { ClickHouseLogLevel, createClient, type ClickHouseClient } from '@clickhouse/client';
import { rowDecoder } from './decode-row.ts';
import { storeError } from './errors.ts';
import { Poster } from './post.ts';

/** A column of a result, as ClickHouse converts it: 64-bit integers are `number` when safe, else `bigint`. */
export type Cell = string | number | bigint | boolean | null | readonly Cell[] | { readonly [key: string]: Cell };

/** A row of a result by column name. */
export type Row = Readonly<Record<string, Cell>>;

/** Values for `{name:Type}` in a query. */
export type Params = Readonly<Record<string, unknown>>;

/** Where a store answers. */
export interface Address {
  /** `http://host:port` */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  readonly database: string;
}

/** An engine that is gone closes its connections; this is for one that hangs. */
const response_timeout_ms = 600_000;

/** The one way to the store: SQL in, exact rows out, blocks in ClickHouse's Native format in. Errors are `StoreError`s. */
export class StoreClient {
  readonly address: Address;
  readonly #client: ClickHouseClient;
  readonly #poster: Poster;

  constructor(address: Address) {
    this.address = address;
    this.#poster = new Poster(address);
    this.#client = createClient({
      url: address.url,
      username: address.username,
      password: address.password,
      database: address.database,
      request_timeout: response_timeout_ms,
      max_open_connections: 8,
      keep_alive: { enabled: true, idle_socket_ttl: 2500 },
      log: { level: ClickHouseLogLevel.OFF },
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1, output_format_json_quote_denormals: 1 },
    });
  }

  /** The rows of a SELECT, all of them in memory. */
  async query<R = Row>(sql: string, params: Params = {}): Promise<R[]> {
    const rows: R[] = [];
    for await (const batch of this.stream<R>(sql, params)) rows.push(...batch);
    return rows;
  }

  /** The rows of a SELECT as they come, some at a time; memory stays bounded. */
  async *stream<R = Row>(sql: string, params: Params = {}): AsyncGenerator<R[]> {
    try {
      const result = await this.#client.query({ query: sql, query_params: { ...params }, format: 'JSONCompactEachRowWithNamesAndTypes' });
      const decode = rowDecoder<R>();
      for await (const lines of result.stream()) {
        const batch: R[] = [];
        for (const line of lines) {
          const row = decode(line.text);
          if (row !== null) batch.push(row);
        }
        yield batch;
      }
    } catch (error) {
      throw storeError(this.address.url, error);
    }
  }

  /** What a SELECT costs the engine: rows and bytes read, and the time. Its result is dropped. */
  async costOf(sql: string, params: Params = {}): Promise<{ readonly scanned: number; readonly bytes: number; readonly duration_ms: number }> {
    try {
      const result = await this.#client.query({ query: sql, query_params: { ...params }, format: 'JSON' });
      const { statistics } = await result.json<unknown>();
      return { scanned: statistics?.rows_read ?? 0, bytes: statistics?.bytes_read ?? 0, duration_ms: (statistics?.elapsed ?? 0) * 1000 };
    } catch (error) {
      throw storeError(this.address.url, error);
    }
  }

  /** A statement without a result. */
  async command(sql: string, params: Params = {}): Promise<void> {
    try {
      await this.#client.command({ query: sql, query_params: { ...params } });
    } catch (error) {
      throw storeError(this.address.url, error);
    }
  }

  /**
   * Inserts one block in Native format, all rows or none. A block whose token the table has seen lately is taken for done
   * (`non_replicated_deduplication_window`).
   */
  async insertNative(table: string, block: readonly Buffer[], token: string): Promise<void> {
    const search = new URLSearchParams({ query: `INSERT INTO ${table} FORMAT Native`, insert_deduplication_token: token });
    try {
      await this.#poster.post(search, block);
    } catch (error) {
      throw storeError(this.address.url, error);
    }
  }

  /** Inserts plain objects, keys named as the columns. For the small tables. */
  async insertRows(table: string, rows: readonly object[]): Promise<void> {
    const search = new URLSearchParams({ query: `INSERT INTO ${table} FORMAT JSONEachRow` });
    try {
      await this.#poster.post(search, rows.map((row) => JSON.stringify(row)).join('\n'));
    } catch (error) {
      throw storeError(this.address.url, error);
    }
  }

  /** Whether the store answers. */
  async ping(): Promise<boolean> {
    return (await this.#client.ping()).success;
  }

  async close(): Promise<void> {
    this.#poster.close();
    await this.#client.close();
  }
}
