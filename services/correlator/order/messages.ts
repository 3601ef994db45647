import { LogAppends, partitionOf } from '../causes/log-appends.ts';
import type { TextTable } from '../../store/texts.ts';
import type { Words } from '../words.ts';
import { placeBeside, type Place, type WriteRound } from './beside-write.ts';
import type { EventPool } from './event-pool.ts';

/** Places messages directly after the broker's append of the record batch that made them visible (RUNTIME §5). */
export class Messages {
  readonly #pool: EventPool;
  readonly #words: Words;
  readonly #texts: TextTable;
  readonly #brokers = new Map<number, LogAppends>();
  /** The partition of each path that was written, by number of the text table. */
  readonly #partitions = new Map<number, string>();

  constructor(pool: EventPool, words: Words, texts: TextTable) {
    this.#pool = pool;
    this.#words = words;
    this.#texts = texts;
  }

  /** Makes a write into a segment known: what it appended, -1 for anything but one whole batch. */
  know(i: number, log_offset: number): void {
    const pool = this.#pool;
    const exit = pool.at[i]!;
    const duration = pool.long.duration.has[i] === 1 ? pool.number('duration', i) : 0;
    const log = this.#partition(pool.id.path[i]!);
    pool.origins[i] = this.#broker(pool.id.service[i]!).add(i, exit - duration, exit, pool.int.tid.values[i]!, log, log_offset);
  }

  /** Whether messages of a service stand next to its appends: it has appended something by then. */
  anchored(service: number, until: number): boolean {
    return this.#brokers.get(service)?.appendedBy(until) ?? false;
  }

  /** Finds the places of messages. A source's must come in their order; those of one partition keep it. */
  place(messages: readonly number[], round: WriteRound): void {
    const pool = this.#pool;
    placeBeside(pool, messages, round.until, {
      rule: this.#words.topic,
      lineOf: (i) => `${pool.id.source[i]!}/${this.#log(i)}`,
      placeOf: (i) => this.#placeOf(i, round),
    });
  }

  #placeOf(i: number, { until, reason, traced }: WriteRound): Place {
    const pool = this.#pool;
    const read = pool.at[i]!;
    const batch = pool.batches[i];
    const service = pool.id.service[i]!;
    const known = batch !== undefined && traced(service);
    const append = known ? this.#broker(service).find(this.#log(i), batch, Math.min(read, until)) : ({ kind: 'unknown' } as const);
    // Events may stand between a write that has its place and a message that comes late.
    if (append.kind === 'write') return { kind: 'write', write: append.write, certain: append.only && append.write.index >= 0 };
    // It was appended behind the barrier, or may have been where the barrier judges nothing.
    const mayWait = append.kind === 'none' ? reason !== 'final' : reason === 'flow';
    return read > until && mayWait ? { kind: 'later' } : { kind: 'seen' };
  }

  /** The folder of the log that a message stands in. */
  #log(i: number): string {
    const { topic = 0, partition } = this.#pool.attributes[i]!;
    return `${this.#texts.text(topic)}-${partition}`;
  }

  #broker(service: number): LogAppends {
    let broker = this.#brokers.get(service);
    if (!broker) this.#brokers.set(service, (broker = new LogAppends()));
    return broker;
  }

  #partition(path: number): string {
    let partition = this.#partitions.get(path);
    if (partition === undefined) this.#partitions.set(path, (partition = partitionOf(this.#texts.text(path))));
    return partition;
  }
}
