import { closeSync, constants, openSync } from 'node:fs';
import { nativeProgram } from '../folders.ts';
import { Child } from './child.ts';

/** How a service is to be started. */
export interface LaunchOptions {
  readonly cgroup: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly cwd: string;
  readonly user: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] } | null;
  /** Plain syscall names whose faults may be armed. */
  readonly filter: readonly string[];
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** File for launch's own words. */
  readonly log: string;
}

/** What launch tells of its own accord. Times are CLOCK_MONOTONIC ns. */
export type Notice =
  | { readonly kind: 'pipes'; readonly stdoutInode: number; readonly stderrInode: number }
  | { readonly kind: 'exec'; readonly pid: number; readonly at_ns: bigint }
  | { readonly kind: 'failed'; readonly errno: number; readonly text: string }
  | {
      readonly kind: 'hit';
      readonly hit: number;
      readonly rule: number;
      readonly at_ns: bigint;
      readonly pid: number;
      readonly tid: number;
      readonly call: string;
    }
  | { readonly kind: 'refused'; readonly text: string }
  | { readonly kind: 'answered'; readonly hit: number; readonly at_ns: bigint }
  | { readonly kind: 'gap'; readonly stream: 'stdout' | 'stderr'; readonly from: number; readonly to: number; readonly errno: string }
  | { readonly kind: 'exited'; readonly code: number; readonly at_ns: bigint }
  | { readonly kind: 'signalled'; readonly signal: number; readonly at_ns: bigint }
  | { readonly kind: 'empty'; readonly at_ns: bigint }
  | { readonly kind: 'gone'; readonly how: string };

/** Bytes that the service had written when launch was asked. */
export interface Drained {
  readonly stdout: number;
  readonly stderr: number;
}

/** `native/launch` for one service. */
export class Launch {
  readonly #child: Child;
  readonly #notify: (notice: Notice) => void;
  readonly #drains = new Map<number, (drained: Drained | null) => void>();
  readonly #spareEnds: number[] = [];
  #gone = false;
  #last: Drained | null = null;

  constructor(options: LaunchOptions, notify: (notice: Notice) => void) {
    this.#notify = notify;
    const user = options.user
      ? ['--uid', String(options.user.uid), '--gid', String(options.user.gid), '--groups', options.user.groups.join(',')]
      : [];
    const filter = options.filter.length > 0 ? ['--filter', options.filter.join(',')] : [];
    this.#child = new Child(
      {
        program: nativeProgram('launch'),
        args: [
          '--cgroup',
          options.cgroup,
          '--stdout',
          options.stdout,
          '--stderr',
          options.stderr,
          '--cwd',
          options.cwd,
          ...user,
          ...filter,
          '--',
          options.program,
          ...options.args,
        ],
        env: options.env,
        log: options.log,
      },
      (line) => this.#receive(line.split(' ')),
    );
    void this.#child.ended.then((how) => this.#onEnd(how));
  }

  get pid(): number {
    return this.#child.pid;
  }

  arm(rule: string): void {
    this.#child.send(`arm ${rule}`);
  }

  disarm(rule: number | '*'): void {
    this.#child.send(`disarm ${rule}`);
  }

  stop(grace_ms: number): void {
    this.#child.send(`stop ${grace_ms}`);
  }

  kill(): void {
    this.#child.send('kill');
  }

  /** Everything written before now is in the files, every older notice is here. Null when launch went before its service did. */
  drain(barrier: number): Promise<Drained | null> {
    if (this.#gone || this.#last) return Promise.resolve(this.#last);
    return new Promise((resolve) => {
      this.#drains.set(barrier, resolve);
      this.#child.send(`drain ${barrier}`);
    });
  }

  /** Settles when launch, and with it the whole service, has ended. */
  async end(): Promise<void> {
    await this.#child.end();
  }

  #receive(words: string[]): void {
    const [kind, ...rest] = words;
    const number = (i: number) => Number(rest[i]);
    const time = (i: number) => BigInt(rest[i] ?? 0);
    switch (kind) {
      case 'pipes':
        return this.#onPipes(number(0), number(1), number(2), number(3));
      case 'exec':
        return this.#notify({ kind, pid: number(0), at_ns: time(1) });
      case 'failed':
        return this.#notify({ kind, errno: number(0), text: rest.slice(1).join(' ') });
      case 'hit':
        return this.#notify({ kind, hit: number(0), rule: number(1), at_ns: time(2), pid: number(3), tid: number(4), call: rest[5]! });
      case 'refused':
        return this.#notify({ kind, text: rest.join(' ') });
      case 'answered':
        return this.#notify({ kind, hit: number(0), at_ns: time(1) });
      case 'gap':
        return this.#notify({ kind, stream: rest[0] as 'stdout' | 'stderr', from: number(1), to: number(2), errno: rest[3]! });
      case 'exited':
        return this.#notify({ kind, code: number(0), at_ns: time(1) });
      case 'signalled':
        return this.#notify({ kind, signal: number(0), at_ns: time(1) });
      case 'empty':
        this.#last = { stdout: number(1), stderr: number(2) };
        return this.#notify({ kind, at_ns: time(0) });
      case 'drained': {
        const barrier = number(0);
        this.#drains.get(barrier)?.({ stdout: number(1), stderr: number(2) });
        this.#drains.delete(barrier);
      }
    }
  }

  /** Keeps a read end of each pipe, never read: launch's death must not reach the service as SIGPIPE. */
  #onPipes(stdoutFd: number, stderrFd: number, stdoutInode: number, stderrInode: number): void {
    for (const fd of [stdoutFd, stderrFd])
      this.#spareEnds.push(openSync(`/proc/${this.pid}/fd/${fd}`, constants.O_RDONLY | constants.O_NONBLOCK));
    this.#notify({ kind: 'pipes', stdoutInode, stderrInode });
    this.#child.send('go');
  }

  #onEnd(how: string): void {
    this.#gone = true;
    for (const fd of this.#spareEnds) closeSync(fd);
    for (const resolve of this.#drains.values()) resolve(this.#last);
    this.#drains.clear();
    this.#notify({ kind: 'gone', how });
  }
}
