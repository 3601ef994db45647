import type { EventPool } from '../order/event-pool.ts';
import type { Words } from '../words.ts';
import { ByteStream } from './byte-stream.ts';
import { certain, fromWrites } from './edges.ts';
import { originOf, type Origin } from './origin.ts';

const peekFlag = 2;
/** A connection on which nothing happened for so many barriers is forgotten; what it carries later begins anew. */
const idleBarriers = 300;

interface Direction {
  readonly stream: ByteStream;
  /** Where the last byte that we heard of stands; sequence numbers of 32 bits are continued from here. */
  at: number;
  /** The barrier, counted by us, at which it was last used. */
  used: number;
}

/** A send that was still running at a barrier when its bytes had been received. */
interface Begun {
  readonly origin: Origin;
  readonly syscall: number;
}

/** TCP: sends and receives by their sequence numbers, connects and accepts and steps by their 4-tuple (RUNTIME §6). */
export class Connections {
  readonly #pool: EventPool;
  readonly #words: Words;
  readonly #directions = new Map<number, Direction>();
  readonly #connects = new Map<number, { readonly origin: Origin; readonly used: number }>();
  readonly #stepSends = new Map<number, Origin[]>();
  readonly #opens = new Map<number, number[]>();
  readonly #begun = new Map<number, Begun>();
  #barrier = 0;

  constructor(pool: EventPool, words: Words) {
    this.#pool = pool;
    this.#words = words;
  }

  /** Makes a send, a connect or a step_send known. */
  know(i: number): void {
    const pool = this.#pool;
    const words = this.#words;
    const local = pool.id.local[i]!;
    const remote = pool.id.remote[i]!;
    if (local === 0 || remote === 0) return;
    const syscall = pool.id.syscall[i]!;
    const towards = direction(local, remote);
    if (pool.id.type[i] === words.step_send) {
      this.#stepSends.set(towards, [...(this.#stepSends.get(towards) ?? []), this.#origin(i)]);
    } else if (pool.id.object[i] !== words.tcp) {
      return;
    } else if (syscall === words.connect) {
      const connects = pool.number('ret', i) === 0 || pool.id.errno[i] === words.EINPROGRESS;
      if (connects) this.#connects.set(towards, { origin: this.#origin(i), used: this.#barrier });
    } else if (words.writes.has(syscall) && pool.long.ret.has[i] === 1 && pool.number('ret', i) > 0 && pool.long.tcpSeq.has[i] === 1) {
      this.#knowSend(i, towards);
    }
  }

  /** Makes a call known that is still running; if its bytes were received it will stand before the receive. */
  knowOpen(i: number): void {
    const pool = this.#pool;
    if (pool.id.object[i] !== this.#words.tcp || !this.#words.writes.has(pool.id.syscall[i]!) || pool.long.tcpSeq.has[i] === 0) return;
    const towards = direction(pool.id.local[i]!, pool.id.remote[i]!);
    this.#opens.set(towards, [...(this.#opens.get(towards) ?? []), i]);
  }

  /** Finds what caused a receive, an accept or a step_recv. */
  explain(i: number): void {
    const pool = this.#pool;
    const words = this.#words;
    const local = pool.id.local[i]!;
    const remote = pool.id.remote[i]!;
    if (local === 0 || remote === 0) return;
    const from = direction(remote, local);
    if (pool.id.type[i] === words.step_recv) return this.#explainStep(i, from);
    const syscall = pool.id.syscall[i]!;
    if (syscall === words.accept || syscall === words.accept4) return this.#explainAccept(i, from);
    if (pool.id.object[i] !== words.tcp || !words.reads.has(syscall)) return;
    if (pool.long.ret.has[i] === 0 || pool.number('ret', i) <= 0) return;
    if (pool.int.flags.has[i] === 1 && (pool.int.flags.values[i]! & peekFlag) !== 0) return;
    this.#explainReceive(i, from);
  }

  /** Forgets what later events cannot need, and the running calls of this barrier. */
  prune(): void {
    this.#opens.clear();
    const oldest = ++this.#barrier - idleBarriers;
    for (const [key, way] of this.#directions) {
      if (way.used < oldest) this.#directions.delete(key);
      else if (way.used >= this.#barrier - 1) way.stream.prune();
    }
    for (const [key, { used }] of this.#connects) if (used < oldest) this.#connects.delete(key);
  }

  #origin(i: number): Origin {
    const pool = this.#pool;
    const known = pool.origins[i];
    if (known) return known;
    const duration = pool.long.duration.has[i] === 1 ? pool.number('duration', i) : 0;
    const origin = originOf(i, pool.at[i]! - duration, pool.at[i]!, pool.int.tid.values[i]!);
    pool.origins[i] = origin;
    return origin;
  }

  #knowSend(i: number, towards: number): void {
    const pool = this.#pool;
    const way = this.#way(towards, i);
    const origin = this.#origin(i);
    const end = continued(way, pool.number('tcpSeq', i));
    const begun = this.#begun.get(origin.tid);
    this.#begun.delete(origin.tid);
    if (begun && begun.syscall === pool.id.syscall[i]) {
      begun.origin.end = end;
      pool.setDataText(i, `{"begun":${begun.origin.seq}}`);
      return;
    }
    const bytes = pool.id.syscall[i] === this.#words.sendmmsg ? 1 : pool.number('ret', i);
    way.stream.add(origin, end - bytes, end);
  }

  #explainReceive(i: number, from: number): void {
    const pool = this.#pool;
    const words = this.#words;
    const steps = this.#stepSends.get(from);
    if (steps) {
      const due = steps.filter((s) => s.exit <= pool.at[i]!);
      for (const step of due) certain(pool, words.step, step, i);
      if (due.length === steps.length) this.#stepSends.delete(from);
      else if (due.length > 0)
        this.#stepSends.set(
          from,
          steps.filter((s) => s.exit > pool.at[i]!),
        );
    }
    const way = this.#directions.get(from);
    if (!way && !this.#opens.has(from)) return;
    if (way) way.used = this.#barrier;
    if (pool.long.tcpSeq.has[i] === 1) {
      const end = continued(way ?? this.#way(from, i), pool.number('tcpSeq', i));
      const start = end - (pool.id.syscall[i] === words.recvmmsg ? 1 : pool.number('ret', i));
      const match = (way ?? this.#way(from, i)).stream.match(start, end);
      if (match.all.length > 0) return fromWrites(pool, words.tcp, match, i, true);
      const open = this.#openOf(from, start, end, pool.at[i]!);
      if (open) return certain(pool, words.tcp, open, i);
    }
    const last = way?.stream.lastBegunBefore(pool.at[i]!);
    if (last) pool.addCause(i, { rule: words.tcp, origin: last, certain: false });
  }

  /** A running send that covers the bytes; it becomes an event without a result. */
  #openOf(from: number, start: number, end: number, until: number): Origin | null {
    const pool = this.#pool;
    for (const i of this.#opens.get(from) ?? []) {
      const way = this.#way(from, i);
      const first = way.at + signed(pool.number('tcpSeq', i) - way.at);
      const size = pool.long.size.has[i] === 1 ? pool.number('size', i) : Infinity;
      if (start < first || end > first + size) continue;
      pool.setNumber('duration', i, until - (pool.at[i]! - pool.number('duration', i)));
      pool.at[i] = until;
      const origin = this.#origin(i);
      way.stream.add(origin, first, first + size);
      this.#begun.set(origin.tid, { origin, syscall: pool.id.syscall[i]! });
      return origin;
    }
    return null;
  }

  #explainAccept(i: number, from: number): void {
    const connect = this.#connects.get(from);
    if (!connect) return;
    this.#connects.delete(from);
    certain(this.#pool, this.#words.connect, connect.origin, i);
  }

  #explainStep(i: number, from: number): void {
    const last = this.#directions.get(from)?.stream.lastBegunBefore(this.#pool.at[i]!);
    if (last) certain(this.#pool, this.#words.step, last, i);
  }

  #way(towards: number, i: number): Direction {
    let way = this.#directions.get(towards);
    if (!way) this.#directions.set(towards, (way = { stream: new ByteStream(), at: this.#pool.number('tcpSeq', i), used: 0 }));
    way.used = this.#barrier;
    return way;
  }
}

/** One number for a pair of texts. */
function direction(from: number, to: number): number {
  return from * 2 ** 26 + to;
}

/** A difference of sequence numbers as the nearest one, between -2^31 and 2^31. */
function signed(difference: number): number {
  return (difference % 2 ** 32) | 0;
}

function continued(way: Direction, seq: number): number {
  way.at += signed(seq - way.at);
  return way.at;
}
