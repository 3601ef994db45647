import { takenCodes } from '../../clients/observer.ts';
import type { WalTarget } from '../server/connect.ts';
import { Replication, StreamUnreadable, type StreamHandler } from './replication.ts';

/** Between attempts to reach a server that is away. It writes a line into its log for each that comes while it recovers: ever fewer do. */
const pause_ms = { first: 25, most: 500 } as const;
/** The slot or publication is gone; the slot has lost the log that it needs. */
const hopeless = new Set(['42704', '55000']);

/** Keeps a stream running: when its connection ends, it begins again where the slot stands, until that cannot help. */
export class Following {
  /** Why the stream does not run at the moment. */
  interrupted: string | null = null;
  /** Why it never will again. */
  broken: string | null = null;
  #replication: Replication | null = null;
  #stopped = false;
  #held = false;
  readonly #target: WalTarget;
  readonly #slot: string;
  readonly #handler: StreamHandler & { restart(): void };
  readonly #onBroken: (reason: string) => void;

  constructor(target: WalTarget, slot: string, handler: StreamHandler & { restart(): void }, onBroken: (reason: string) => void) {
    this.#target = target;
    this.#slot = slot;
    this.#handler = handler;
    this.#onBroken = onBroken;
  }

  /** Settles when the stream runs; rejects when it cannot begin. */
  async start(): Promise<void> {
    for (;;) {
      try {
        return void this.#follow(await this.#connect());
      } catch (error) {
        if (!takenCodes.has((error as NodeJS.ErrnoException).code)) throw error;
      }
    }
  }

  /** The connection that runs now. */
  get current(): Replication | null {
    return this.interrupted === null ? this.#replication : null;
  }

  /** Reads nothing more until then; for good when there never is room again. */
  holdUntil(room: Promise<void>): void {
    if (this.#held) return;
    this.#held = true;
    this.#replication?.pause();
    const release = () => {
      this.#held = false;
      this.#replication?.resume();
    };
    room.then(release, () => {});
  }

  stop(): void {
    this.#stopped = true;
    this.#replication?.stop();
  }

  async #connect(): Promise<Replication> {
    this.#handler.restart();
    const replication = (this.#replication = new Replication(this.#target, this.#slot, this.#handler));
    try {
      await replication.start();
      if (this.#held) replication.pause();
    } catch (error) {
      replication.stop();
      throw error;
    }
    this.interrupted = null;
    return replication;
  }

  async #follow(first: Replication): Promise<void> {
    let running: Replication | null = first;
    while (running) {
      const why: Error = await running.ended.catch((error: Error) => error);
      running.stop();
      this.#judge(why);
      running = await this.#again();
    }
  }

  /** Tries until the stream runs; null when it is stopped or broken. */
  async #again(): Promise<Replication | null> {
    for (let wait_ms: number = pause_ms.first; !this.#stopped && this.broken === null; wait_ms = Math.min(2 * wait_ms, pause_ms.most)) {
      try {
        return await this.#connect();
      } catch (error) {
        this.#judge(error as Error);
        await new Promise((resolve) => setTimeout(resolve, wait_ms).unref());
      }
    }
    return null;
  }

  /** Says why the stream does not run, and whether it ever will. */
  #judge(why: Error): void {
    this.interrupted = `the stream was interrupted: ${why.message}`;
    const { code = '' } = why as { code?: string };
    if (this.#stopped || (!hopeless.has(code) && !(why instanceof StreamUnreadable))) return;
    this.broken = `the stream is broken: ${why.message}`;
    this.#onBroken(this.broken);
  }
}
