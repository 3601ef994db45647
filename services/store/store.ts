import { resolve } from 'node:path';
import { StoreClient, type Address } from './client.ts';
import { clientUser, database } from './engine/config.ts';
import { holdEngine, type HeldEngine } from './engine/hold.ts';
import { EngineGone, StoreError } from './errors.ts';
import { migrate } from './migrate.ts';
import { exact, exactSettings, type Settings } from './settings.ts';

/** A store that is ready: its tables are what this version expects. */
export interface Store {
  readonly client: StoreClient;
  /** Closes the connections and, with an embedded engine, lets go of it. */
  close(): Promise<void>;
}

/** The embedded engine of a folder, or a ClickHouse server: `http://user:password@host:8123/database`. */
export type StoreLocation = { readonly dir: string } | { readonly url: string };

/** How long a server that has answered before may be away. */
export const serverPatience_ms = 15_000;

/** Where a server's password is taken from when its URL has none. */
export const passwordVariable = 'FAULTBOX_STORE_PASSWORD';

/** What `--store` says: a URL, or a folder. Throws `StoreError` E_STORE_ADDRESS. */
export function storeLocation(text: string): StoreLocation {
  if (!/^[a-z]+:\/\//.test(text)) return { dir: text };
  if (/^https?:/.test(text) && namesServer(text)) return { url: text };
  throw new StoreError(
    'E_STORE_ADDRESS',
    `"${redacted(text)}" is no address of a ClickHouse server. Write http://user@host:8123/database; the password is read from ${passwordVariable}.`,
  );
}

/** A location as a child process is told it: the password goes by the environment, where no list of processes shows it. */
export function storeArguments(location: StoreLocation): { readonly text: string; readonly env: Readonly<Record<string, string>> } {
  if ('dir' in location) return { text: location.dir, env: {} };
  const url = new URL(location.url);
  const { password } = serverAddress(location.url);
  url.password = '';
  return { text: url.href, env: { [passwordVariable]: password } };
}

function redacted(text: string): string {
  return text.replace(/:\/\/.*@/, '://…@');
}

/** A database is one part of a path; settings have no place behind it. */
function namesServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { username, password, pathname, search, hash } = new URL(text);
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part);
  } catch {
    return false;
  }
  return /^\/[^/]*\/?$/.test(pathname) && search === '' && hash === '';
}

/**
 * Opens a store, starting the embedded engine when none serves the folder. `patience_ms`: how long a server may be away, which as a rule has
 * to answer at once, so that a wrong address shows. Throws `StoreError`.
 */
export async function openStore(location: StoreLocation, patience_ms = 0): Promise<Store> {
  if ('url' in location) return connect(serverAddress(location.url), null, patience_ms);
  const dir = resolve(location.dir);
  for (let attempt = 1; ; attempt++) {
    const engine = await holdEngine(dir);
    try {
      return await connect(
        { url: `http://127.0.0.1:${engine.port}`, username: clientUser, password: engine.password, database, embedded: true },
        engine,
        0,
      );
    } catch (error) {
      engine.release();
      if (!(error instanceof EngineGone) || attempt === 3) throw error;
    }
  }
}

function serverAddress(text: string): Address {
  const url = new URL(text);
  return {
    url: url.origin,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password) || (process.env[passwordVariable] ?? ''),
    database: decodeURIComponent(url.pathname.replaceAll('/', '')) || database,
    embedded: false,
  };
}

/** A server is there when its tables are what we expect; from then on its being away for a while is waited for. */
async function connect(address: Address, engine: HeldEngine | null, patience_ms: number): Promise<Store> {
  const first = new StoreClient(address, patience_ms, engine ? exact : {});
  let settings: Settings = {};
  try {
    await migrate(first, () => new StoreClient({ ...address, database: 'default' }));
    if (!engine) settings = await exactSettings(first);
  } catch (error) {
    await first.close();
    throw error;
  }
  if (!engine) await first.close();
  const client = engine ? first : new StoreClient(address, serverPatience_ms, settings);
  return {
    client,
    close: async () => {
      await client.close();
      engine?.release();
    },
  };
}
