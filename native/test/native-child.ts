import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const build = join(import.meta.dirname, '../build');

/** What stands in the way of these tests here; null when nothing does. */
export const impossible = process.getuid?.() === 0 ? null : 'needs root';

/** A native program with its channel on file descriptor 3. For tests. */
export class NativeChild {
  readonly child: ChildProcess;
  /** Every line that came, oldest first. */
  readonly lines: string[] = [];
  /** Settled with the exit code when the program is gone and all its lines are here. */
  readonly ended: Promise<number | null>;
  #seen = 0;
  #wake: () => void = () => {};
  #closed = false;

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(join(build, program), args, { stdio: ['ignore', 'inherit', 'inherit', 'pipe'] });
    const channel = this.child.stdio[3] as Socket;
    const lines = createInterface({ input: channel });
    lines.on('line', (line) => {
      this.lines.push(line);
      // launch's last words: it waits until it is let go.
      if (line.startsWith('empty ')) channel.end();
      this.#wake();
    });
    const closed = new Promise<void>((resolve) =>
      channel.on('close', () => {
        this.#closed = true;
        this.#wake();
        resolve();
      }),
    );
    const exited = new Promise<number | null>((resolve) => this.child.on('exit', resolve));
    this.ended = closed.then(() => exited);
  }

  send(line: string): void {
    (this.child.stdio[3] as Socket).write(`${line}\n`);
  }

  /** The next line that begins with `start`; those before it are passed over. */
  async next(start: string): Promise<string> {
    for (;;) {
      while (this.#seen < this.lines.length) {
        const line = this.lines[this.#seen++]!;
        if (line.startsWith(start)) return line;
      }
      if (this.#closed) throw new Error(`the channel ended without "${start}": ${this.lines.join(' | ')}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  hangUp(): void {
    (this.child.stdio[3] as Socket).destroy();
  }
}

/** Where cgroup v2 is mounted. */
export function cgroup2(): string {
  const line = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((l) => l.split(' ')[2] === 'cgroup2');
  if (!line) throw new Error('cgroup v2 is not mounted');
  return line.split(' ')[1]!;
}

let made = 0;

/** A fresh cgroup for one service. */
export function makeCgroup(): string {
  const dir = join(cgroup2(), `native-test-${process.pid}-${made++}`);
  mkdirSync(dir);
  return dir;
}

/** Kills what lives in a cgroup and removes it. */
export async function removeCgroup(dir: string): Promise<void> {
  writeFileSync(join(dir, 'cgroup.kill'), '1');
  while (readFileSync(join(dir, 'cgroup.events'), 'utf8').includes('populated 1')) await new Promise((resolve) => setTimeout(resolve, 5));
  rmdirSync(dir);
}
