import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const start_ms = 60_000;
const pause_ms = 50;

/** How to start a server, and how to see that it answers. */
export interface ServerOptions {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly log: string;
  /** Whether it answers; a rejection means no. */
  answers(): Promise<boolean>;
}

/** A server that runs and answers. */
export interface LocalServer {
  readonly pid: number;
  /** SIGTERM, and waits for its end. */
  stop(): Promise<void>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
}

/** Starts a server and waits until it answers. It outlives this process: whoever starts it ends it. */
export async function startServer({ name, program, args, env, cwd, log, answers }: ServerOptions): Promise<LocalServer> {
  const fd = openSync(log, 'a', 0o600);
  const child = spawn(program, [...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', fd, fd], detached: true });
  closeSync(fd);
  child.unref();
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  let over: string | null = null;
  void ended.then((how) => (over = how));
  const end = async (signal: NodeJS.Signals) => {
    child.ref();
    if (over === null) child.kill(signal);
    await ended;
  };
  for (const deadline = performance.now() + start_ms; !(await answers().catch(() => false));) {
    if (over === null && performance.now() < deadline) {
      await pause(pause_ms);
      continue;
    }
    await end('SIGKILL');
    throw new Error(
      `${name} did not start (${over}). Its last words, from ${log}:\n${readFileSync(log, 'utf8').trimEnd().split('\n').slice(-10).join('\n')}`,
    );
  }
  return { pid: child.pid!, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}
