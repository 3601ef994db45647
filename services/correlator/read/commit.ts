import type { Commit } from '../order/commits.ts';
import type { Epoch } from './epoch.ts';
import type { RecordReader } from './record-reader.ts';

/** Takes the transaction of a row change from the record that the reader stands at: one object for changes that follow each other. */
export class CommitReader {
  readonly #reader: RecordReader;
  readonly #epoch: Epoch;
  readonly #f: Readonly<Record<'commit_lsn' | 'commit_end_lsn' | 'committed_ns' | 'sent_ns', number>>;
  #last: Commit | null = null;

  constructor(reader: RecordReader, epoch: Epoch) {
    this.#reader = reader;
    this.#epoch = epoch;
    const field = (name: string): number => reader.field(name);
    this.#f = {
      commit_lsn: field('commit_lsn'),
      commit_end_lsn: field('commit_end_lsn'),
      committed_ns: field('committed_ns'),
      sent_ns: field('sent_ns'),
    };
  }

  /** Undefined for a record of another kind. */
  read(): Commit | undefined {
    const { present, numbers } = this.#reader;
    const { commit_lsn, commit_end_lsn, committed_ns, sent_ns } = this.#f;
    if (present[commit_lsn] !== 1) return undefined;
    const lsn = numbers[commit_lsn]!;
    const end = present[commit_end_lsn] === 1 ? numbers[commit_end_lsn]! : null;
    const committed = present[committed_ns] === 1 ? this.#time(committed_ns) : null;
    const sent = this.#time(sent_ns);
    const last = this.#last;
    if (last && last.lsn === lsn && last.end === end && last.committed === committed && last.sent === sent) return last;
    return (this.#last = { lsn, end, committed, sent });
  }

  #time(field: number): number {
    return this.#epoch.since(this.#reader.low[field]!, this.#reader.high[field]!);
  }
}
