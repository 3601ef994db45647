import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeEngineConfig } from './engine/config.ts';
import { storePassword } from './engine/password.ts';
import { engineComplaint, startEngine } from './engine/start.ts';
import { openStore, type Store } from './store.ts';

/** A store and the folder of its engine. */
export type TestStore = Store & { readonly dir: string };

/** What `--store` and the environment say of a test store, whose engine's HTTP port is that of a ClickHouse server. `port`: of what stands before it. */
export function asServer(
  { client: { address } }: TestStore,
  port = new URL(address.url).port,
): { url: string; env: Record<string, string> } {
  return {
    url: `http://${address.username}@127.0.0.1:${port}/${address.database}`,
    env: { FAULTBOX_STORE_PASSWORD: address.password },
  };
}

/**
 * A store of its own in a temporary folder; `close` ends its engine and removes the folder. `profile`: ClickHouse settings, by default its own,
 * that hold for whoever logs in.
 */
export async function openTestStore(profile: Readonly<Record<string, string>> = {}): Promise<TestStore> {
  const dir = mkdtempSync(join(tmpdir(), 'faultbox-store-'));
  if (Object.keys(profile).length > 0) await startWith(dir, profile);
  const store = await openStore({ dir });
  return {
    client: store.client,
    dir,
    close: async () => {
      await store.close();
      await removeStore(dir);
    },
  };
}

/** Starts the folder's engine with a profile that differs from ours. It waits for a first holder. */
async function startWith(dir: string, profile: Readonly<Record<string, string>>): Promise<void> {
  writeEngineConfig(dir, storePassword(dir));
  const file = join(dir, 'engine', 'users.xml');
  const settings = Object.entries(profile).map(([name, value]) => `<${name}>${value}</${name}>`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('<default></default>', `<default>${settings.join('')}</default>`));
  let ended = false;
  void startEngine(dir).then(() => (ended = true));
  const port = join(dir, 'port');
  while (!existsSync(port) || !readFileSync(port, 'utf8').endsWith('\n')) {
    if (ended) throw new Error(`The engine does not start with such a profile: ${engineComplaint(dir)}`);
    await sleep(2);
  }
}

/** Waits until nobody serves the folder (all its holders must have let go) and removes it. */
export async function removeStore(dir: string): Promise<void> {
  while (enginesOf(dir).length > 0) await sleep(2);
  rmSync(dir, { recursive: true });
}

/** Runs `use` with a store that exists only for it. */
export async function withTestStore<T>(use: (store: TestStore) => Promise<T>): Promise<T> {
  const store = await openTestStore();
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Kills the engine of a store's folder, as a crash would. */
export function killEngine(dir: string): void {
  for (const pid of enginesOf(dir)) process.kill(pid, 'SIGKILL');
}

/** The processes of a folder's engine. */
export function enginesOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return args[1] === '--dir' && args[2] === dir && args[3] === '--lib';
      } catch {
        return false;
      }
    });
}
