import type { EventPool } from '../order/event-pool.ts';
import type { Words } from '../words.ts';
import { ByteStream, type Match } from './byte-stream.ts';
import { fromWrites } from './edges.ts';
import { originOf, type Origin } from './origin.ts';

interface Pipe {
  readonly stream: ByteStream;
  written: number;
  read: number;
  last: Origin | null;
  lastRead: { readonly exit: number; readonly tid: number } | null;
  /** Writes of it may be missing, so its bytes cannot be counted. */
  broken: boolean;
}

/** What a line's place may be known from. */
export type Anchor =
  | { readonly kind: 'write'; readonly write: Origin; readonly certain: boolean }
  /** The write is not known yet, it may come. */
  | { readonly kind: 'later' }
  /** The write cannot be known. */
  | { readonly kind: 'unknown' };

/** Pipes and Unix sockets: writes and reads by counting bytes (RUNTIME §6). */
export class Pipes {
  readonly #pool: EventPool;
  readonly #words: Words;
  readonly #pipes = new Map<number, Pipe>();
  readonly #sockets = new Map<number, Pipe>();
  #allBroken = false;

  constructor(pool: EventPool, words: Words) {
    this.#pool = pool;
    this.#words = words;
  }

  /** Makes a write known. Writes must come in the order of their ends. */
  know(i: number): void {
    const pool = this.#pool;
    const words = this.#words;
    const object = pool.id.object[i];
    if ((object !== words.pipe && object !== words.unix) || !words.writes.has(pool.id.syscall[i]!)) return;
    if (pool.long.ret.has[i] === 0 || pool.number('ret', i) <= 0) return;
    const column = object === words.pipe ? 'inode' : 'peerInode';
    if (pool.long[column].has[i] === 0) return;
    const pipe = this.#at(object === words.pipe ? this.#pipes : this.#sockets, pool.number(column, i));
    const duration = pool.long.duration.has[i] === 1 ? pool.number('duration', i) : 0;
    const write = originOf(i, pool.at[i]! - duration, pool.at[i]!, pool.int.tid.values[i]!);
    pool.origins[i] = write;
    if (pipe.last !== null && write.tid !== pipe.last.tid && write.entry < pipe.last.exit) write.ambiguous = pipe.last.ambiguous = true;
    const bytes = pool.number('ret', i);
    pipe.stream.add(write, pipe.written, pipe.written + bytes);
    pipe.written += bytes;
    pipe.last = write;
  }

  /** Finds what caused a read. */
  explain(i: number): void {
    const pool = this.#pool;
    const words = this.#words;
    const object = pool.id.object[i];
    if ((object !== words.pipe && object !== words.unix) || !words.reads.has(pool.id.syscall[i]!)) return;
    if (pool.long.ret.has[i] === 0 || pool.number('ret', i) <= 0 || pool.long.inode.has[i] === 0) return;
    const pipe = (object === words.pipe ? this.#pipes : this.#sockets).get(pool.number('inode', i));
    if (!pipe) return;
    const start = pipe.read;
    pipe.read += pool.number('ret', i);
    const { at, entry, tid } = { at: pool.at[i]!, entry: pool.at[i]! - pool.number('duration', i), tid: pool.int.tid.values[i]! };
    const overlapped = pipe.lastRead !== null && pipe.lastRead.tid !== tid && entry < pipe.lastRead.exit;
    pipe.lastRead = { exit: at, tid };
    if (pipe.read > pipe.written) pipe.broken = true;
    const match: Match = pipe.broken ? { all: [] } : pipe.stream.match(start, pipe.read);
    const rule = object === words.pipe ? words.pipe : words.unix;
    if (match.all.length > 0) return fromWrites(pool, rule, match, i, !overlapped);
    const last = pipe.stream.lastBegunBefore(at);
    if (last) pool.addCause(i, { rule, origin: last, certain: false });
  }

  /** The write that held byte `at` of a pipe. */
  anchor(inode: number, at: number): Anchor {
    const pipe = this.#pipes.get(inode);
    if (this.#allBroken || pipe?.broken) return { kind: 'unknown' };
    const write = pipe?.stream.match(at, at + 1).all[0];
    return write ? { kind: 'write', write, certain: !write.ambiguous } : { kind: 'later' };
  }

  /** From now on bytes cannot be counted: calls have been missed. */
  breakAll(): void {
    this.#allBroken = true;
    for (const pipes of [this.#pipes, this.#sockets]) for (const pipe of pipes.values()) pipe.broken = true;
  }

  prune(): void {
    for (const pipes of [this.#pipes, this.#sockets]) for (const pipe of pipes.values()) pipe.stream.prune();
  }

  #at(pipes: Map<number, Pipe>, inode: number): Pipe {
    let pipe = pipes.get(inode);
    if (!pipe) {
      pipe = { stream: new ByteStream(), written: 0, read: 0, last: null, lastRead: null, broken: this.#allBroken };
      pipes.set(inode, pipe);
    }
    return pipe;
  }
}
