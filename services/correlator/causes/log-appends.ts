import { originOf, type Origin } from './origin.ts';

/** A service's log of one partition, as its writes show it. */
interface PartitionLog {
  /** The writes that appended one whole batch, by the offset at which it begins; several where a log was cut or made anew. */
  readonly batches: Map<number, Origin[]>;
  /** When the first write ended of which it is not known which batches it appended. */
  unclear: number;
  /** The greatest offset whose write is forgotten. */
  forgotten: number;
}

/** What appended a batch: a write, and whether it is the only one that can have; none yet, though all appends are known; or unknown. */
export type Append =
  { readonly kind: 'write'; readonly write: Origin; readonly only: boolean } | { readonly kind: 'none' } | { readonly kind: 'unknown' };

const segmentName = /([^/]+)\/\d{20}\.log$/;
/** Batches kept of a partition. */
const limit = 65_536;

/** The folder of a partition, `<topic>-<partition>`, whose segment a path names; empty when it names none. */
export function partitionOf(path: string): string {
  return segmentName.exec(path)?.[1] ?? '';
}

/** The appends of one Kafka broker to its logs: a leader appends the batch of a produce request to the newest segment by one write. */
export class LogAppends {
  readonly #logs = new Map<string, PartitionLog>();
  /** When its first append to any log ended. */
  #first = Infinity;

  /** Makes a write known: `index` is its event, `entry` and `exit` its times; `offset` -1 when it appended anything but one whole batch. */
  add(index: number, entry: number, exit: number, tid: number, partition: string, offset: number): Origin {
    const origin = originOf(index, entry, exit, tid);
    const log = this.#log(partition);
    this.#first = Math.min(this.#first, exit);
    if (offset < 0) log.unclear = Math.min(log.unclear, exit);
    else {
      const same = log.batches.get(offset);
      if (same) same.push(origin);
      else log.batches.set(offset, [origin]);
      this.#prune(log);
    }
    return origin;
  }

  /** Whether it is known that it appends by calls that are seen. */
  appendedBy(time: number): boolean {
    return this.#first <= time;
  }

  /** The write that appended the batch that begins at `offset` and ended by `to`. */
  find(partition: string, offset: number, to: number): Append {
    const log = this.#logs.get(partition);
    const clear = log === undefined || log.unclear > to;
    const writes = log?.batches.get(offset)?.filter((w) => w.exit <= to) ?? [];
    const last = writes.at(-1);
    if (last) return { kind: 'write', write: last, only: clear && writes.length === 1 };
    const allKnown = clear && this.appendedBy(to) && !(log && offset <= log.forgotten);
    return { kind: allKnown ? 'none' : 'unknown' };
  }

  #log(partition: string): PartitionLog {
    let log = this.#logs.get(partition);
    if (!log) this.#logs.set(partition, (log = { batches: new Map(), unclear: Infinity, forgotten: -1 }));
    return log;
  }

  #prune(log: PartitionLog): void {
    if (log.batches.size <= limit) return;
    const [oldest] = log.batches.keys();
    log.batches.delete(oldest!);
    log.forgotten = Math.max(log.forgotten, oldest!);
  }
}
