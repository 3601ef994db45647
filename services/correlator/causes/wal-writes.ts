import { originOf, type Origin } from './origin.ts';

/** A write of a PostgreSQL server into a file of pg_wal. */
interface WalWrite {
  readonly origin: Origin;
  readonly place: WalFile;
  readonly offset: number;
  readonly bytes: number;
}

/** A file of pg_wal by its name: timeline, then the two halves of its number, all in hexadecimal. */
export interface WalFile {
  readonly high: number;
  readonly low: number;
}

/** Where a commit record begins, and the LSN behind it; null where that is not known. A write may end within one. */
export interface CommitRecord {
  readonly lsn: number;
  readonly end: number | null;
}

/** What may have written a commit: the first write that can have, and whether it is the only one. */
export interface Candidates {
  readonly first: Origin | null;
  readonly only: boolean;
}

const fileName = /\/pg_wal\/[0-9A-F]{8}([0-9A-F]{8})([0-9A-F]{8})$/;
const highBytes = 2 ** 32;
/**
 * Of one whose end is not known: none of a server with wal_level=logical is shorter (header, time, flags, database: xact.h); only those that
 * end hundreds of subtransactions, or alter dozens of tables, are longer.
 */
const commit_bytes = { least: 46, greatest: 1024 } as const;
/** Kept of a service's writes. */
const limit = 65_536;

/** The file that a path names; null when it is none of pg_wal. */
export function walFile(path: string): WalFile | null {
  const found = fileName.exec(path);
  return found ? { high: Number.parseInt(found[1]!, 16), low: Number.parseInt(found[2]!, 16) } : null;
}

/** The writes of one server into its write-ahead log, by the LSNs that they cover. */
export class WalWrites {
  /** Bytes of a file, as the server was built or set up with. */
  segmentBytes = 16 * 2 ** 20;
  /** By their end. */
  readonly #writes: WalWrite[] = [];

  /** Makes a write known: `index` is its event, `entry` and `exit` its times. */
  add(index: number, entry: number, exit: number, tid: number, place: WalFile, offset: number, bytes: number): Origin {
    const origin = originOf(index, entry, exit, tid);
    const list = this.#writes;
    let i = list.length;
    while (i > 0 && list[i - 1]!.origin.exit > exit) i--;
    list.splice(i, 0, { origin, place, offset, bytes });
    return origin;
  }

  /**
   * The writes that brought the end of a commit record, began at `from` or later and ended by `to`. The log grows: none comes
   * behind one that begins beyond it.
   */
  covering(record: CommitRecord, from: number, to: number): Candidates {
    const list = this.#writes;
    const last = (record.end ?? record.lsn + commit_bytes.least) - 1;
    const longest = record.end ?? record.lsn + commit_bytes.greatest;
    let first: Origin | null = null;
    let end = 0;
    for (let i = this.#firstEndedAt(from); i < list.length && list[i]!.origin.exit <= to; i++) {
      const write = list[i]!;
      const start = write.place.high * highBytes + write.place.low * this.segmentBytes + write.offset;
      // The record's end may be in here if the first did not hold all that it can be.
      if (start > last) return { first, only: first === null || end >= longest };
      if (last >= start + write.bytes || write.origin.entry < from) continue;
      if (first) return { first, only: false };
      first = write.origin;
      end = start + write.bytes;
    }
    return { first, only: true };
  }

  /** Whether it is known that it writes its log by calls that are seen. */
  writtenBy(time: number): boolean {
    return this.#writes.length > 0 && this.#writes[0]!.origin.exit <= time;
  }

  prune(): void {
    if (this.#writes.length > limit) this.#writes.splice(0, this.#writes.length - limit);
  }

  #firstEndedAt(time: number): number {
    let low = 0;
    let high = this.#writes.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.#writes[mid]!.origin.exit < time) low = mid + 1;
      else high = mid;
    }
    return low;
  }
}
