import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The checkout. */
export const root = join(import.meta.dirname, '..');
/** The command, as a user's shell finds it. */
export const command = join(root, 'node_modules', '.bin', 'faultbox');
/** The demo services. */
export const demoServices = join(root, 'examples', 'bin', 'linux');

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that has been started. */
export interface Started {
  readonly pid: number;
  readonly ended: Promise<Ended>;
}

/** Starts faultbox in a folder. */
export function startFaultbox(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1', ...env } });
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (d) => (stdout += String(d)));
    child.stderr.on('data', (d) => (stderr += String(d)));
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { pid: child.pid!, ended };
}

/** Runs faultbox in a folder and waits for its end. */
export function faultbox(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return startFaultbox(cwd, args, env).ended;
}

/** The run that a command's report names. */
export function runOf({ stdout }: Ended): string {
  return /run ([0-9a-f]{8})/.exec(stdout)![1]!;
}

/** A folder for one test: specs are written into it, the demo services are at `bin/linux`. */
export class Playground {
  readonly dir: string;

  constructor(name = 'faultbox-test-') {
    this.dir = mkdtempSync(join(tmpdir(), name));
    mkdirSync(join(this.dir, 'bin'));
    symlinkSync(demoServices, join(this.dir, 'bin', 'linux'));
  }

  write(file: string, text: string, mode = 0o644): string {
    const path = join(this.dir, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode });
    return path;
  }

  read(file: string): string {
    return readFileSync(join(this.dir, file), 'utf8');
  }

  /** `faultbox test spec.star …` on a spec given as text. */
  test(spec: string, ...args: string[]): Promise<Ended> {
    this.write('spec.star', spec);
    return faultbox(this.dir, ['test', 'spec.star', ...args]);
  }

  /** The JSON trace of a spec given as text. */
  async trace(spec: string, ...args: string[]): Promise<{ ended: Ended; trace: Trace }> {
    const ended = await this.test(spec, '--output', 'trace.json', ...args);
    return { ended, trace: JSON.parse(this.read('trace.json')) as Trace };
  }

  remove(): void {
    remove(this.dir);
  }

  /** The store is deleted; the bus still has the runs. */
  removeStore(): void {
    remove(join(this.dir, '.faultbox', 'store'));
  }
}

/** An engine that lingers may still write into it. */
function remove(dir: string): void {
  rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** The JSON trace, as far as tests look into it. */
export interface Trace {
  readonly run: string;
  readonly tests: ReadonlyArray<{
    readonly name: string;
    readonly verdict: string;
    readonly reason: string;
    readonly faults: ReadonlyArray<{ readonly service: string; readonly syscall: string; readonly hits: number }>;
    readonly sources: ReadonlyArray<{
      readonly source: string;
      readonly complete: boolean;
      readonly events: number;
      readonly lost: number | null;
    }>;
    readonly assertions: ReadonlyArray<{ readonly name: string; readonly verdict: string; readonly message: string }>;
    readonly events: readonly TraceEvent[];
  }>;
}

export interface TraceEvent {
  readonly seq: number;
  readonly type: string;
  readonly service: string;
  readonly at: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly vector_clock: Readonly<Record<string, number>>;
  readonly causes: ReadonlyArray<{ readonly rule: string; readonly seq: number; readonly certain: boolean }>;
  readonly syscall?: string;
  readonly path?: string;
  readonly peer?: string;
  readonly ret?: number;
  readonly errno?: string;
  readonly decision?: string;
  readonly label?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly pid?: number;
}

/** The declaration of mock-db and mock-api that most specs begin with. */
export const pair = `
db = service("db", "bin/linux/mock-db",
    interface("main", "tcp", 5432),
    healthcheck = tcp("localhost:5432"),
    observe = [stdout(decoder = json_decoder())],
)
api = service("api", "bin/linux/mock-api",
    interface("public", "http", 8080),
    env = {"PORT": "8080", "DB_ADDR": db.main.addr},
    depends_on = [db],
    healthcheck = http("localhost:8080/health"),
)
`;
