import { closeSync, constants, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StoreError } from '../errors.ts';
import { writeEngineConfig } from './config.ts';
import { storePassword } from './password.ts';
import { engineComplaint, startEngine } from './start.ts';

/** An engine that lives at least until `release`. */
export interface HeldEngine {
  readonly port: number;
  readonly password: string;
  release(): void;
}

const start_ms = 30_000;
const poll_ms = 2;
const attempts = 4;

/**
 * Holds the engine of a store's folder, started when none serves it. Any number of processes may do so at once; the engine ends with
 * the last that releases it or dies. Throws `StoreError` E_ENGINE_MISSING, E_ENGINE_START, E_STORE_FULL or E_STORE_CORRUPT.
 */
export async function holdEngine(dir: string): Promise<HeldEngine> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const password = storePassword(dir);
  const deadline = performance.now() + start_ms;
  let ended: { status: number | null } | null = null;
  let starts = 0;
  for (;;) {
    const held = openAlive(dir);
    if (held === null && (ended === null || ended.status !== null)) {
      if (ended !== null && ended.status !== 0 && starts >= attempts) throw startFailure(dir);
      writeEngineConfig(dir, password);
      starts++;
      const mine: { status: number | null } = { status: null };
      ended = mine;
      void startEngine(dir).then((status) => (mine.status = status));
    }
    if (held !== null) {
      const port = await listening(dir, held, deadline);
      if (port !== null) return { port, password, release: () => closeSync(held) };
      closeSync(held);
    }
    if (performance.now() > deadline) throw startFailure(dir);
    await sleep(poll_ms);
  }
}

/** The FIFO opened for writing, or null when no engine reads it. */
function openAlive(dir: string): number | null {
  try {
    return openSync(join(dir, 'alive'), constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENXIO' || code === 'ENOENT') return null;
    throw error;
  }
}

/** The port of a held engine once it listens; null when that engine ends instead. */
async function listening(dir: string, held: number, deadline: number): Promise<number | null> {
  for (;;) {
    if (!readerThere(held)) return null;
    const text = readPort(dir);
    if (text.endsWith('\n')) return Number(text);
    if (performance.now() > deadline) return null;
    await sleep(poll_ms);
  }
}

function readPort(dir: string): string {
  try {
    return readFileSync(join(dir, 'port'), 'utf8');
  } catch {
    return '';
  }
}

/** A byte into the FIFO: the engine drops it; without an engine it is EPIPE. */
function readerThere(held: number): boolean {
  try {
    writeSync(held, '.');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return true;
    return false;
  }
}

function startFailure(dir: string): StoreError {
  const complaint = engineComplaint(dir);
  if (/No space left on device|NOT_ENOUGH_SPACE/.test(complaint)) {
    return new StoreError('E_STORE_FULL', `The disk that holds the store ${dir} is full.`);
  }
  if (/Cannot parse|Cannot attach|CORRUPTED|CHECKSUM|metadata/i.test(complaint)) {
    const advice = 'Remove the folder and run again, or replay its runs from the bus.';
    return new StoreError('E_STORE_CORRUPT', `The store ${dir} cannot be read. ${advice} ${complaint}`);
  }
  return new StoreError('E_ENGINE_START', `The store's engine did not start in ${dir}. ${complaint || 'It said nothing.'}`);
}
