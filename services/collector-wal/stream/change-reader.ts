import type { Pgoutput } from 'pg-logical-replication';
import { logicalMessage, rowChange, truncation, type Change } from '../change/change.ts';
import { admitKeysOfPartitions, convertToJson } from '../change/row-texts.ts';
import { timestampText, transactionMembers, type Transaction } from '../change/transaction.ts';
import { lsnText, parseLsn, type Lsn } from '../server/lsn.ts';
import { ownPrefix, unseen } from '../server/later-tables.ts';
import { keyOf, type TableFilter } from '../server/tables.ts';
import type { ClockPair } from './clock-pair.ts';
import { HeldChanges } from './held-changes.ts';
import type { Progress } from './progress.ts';
import type { ReadChange } from './read-change.ts';

/**
 * Makes changes of the messages of a stream, each once: a stream that begins again repeats whole transactions, and what was published of
 * them, up to the last change, is passed over.
 */
export class ChangeReader {
  /** Named tables that the stream has told of. */
  readonly seen = new Set<string>();
  /** Tables whose changes did not come for a time. */
  readonly unseen = new Set<string>();
  readonly #filter: TableFilter;
  readonly #clock: ClockPair;
  readonly #progress: Progress;
  readonly #held: HeldChanges;
  #transaction: Transaction | null = null;
  #members = '';
  #lsnText = '';
  #index = 0;
  /** The last change that was published: its transaction, and its number there. */
  #lastLsn: Lsn = -1n;
  #lastIndex = 0;

  constructor(filter: TableFilter, clock: ClockPair, progress: Progress, publish: (read: ReadChange) => void) {
    this.#filter = filter;
    this.#clock = clock;
    this.#progress = progress;
    this.#held = new HeldChanges((read) => {
      publish(read);
      this.#lastLsn = read.transaction.lsn;
      this.#lastIndex = read.index;
    });
  }

  /** A stream begins, for the first time or again. */
  restart(): void {
    this.#held.drop();
    this.#transaction = null;
  }

  /** Whether a transaction is being read. */
  get inside(): boolean {
    return this.#transaction !== null;
  }

  read(message: Pgoutput.Message, sent_us: bigint): void {
    switch (message.tag) {
      case 'begin':
        return this.#begin(this.#described(message, sent_us));
      case 'relation':
        return this.#relation(message);
      case 'insert':
      case 'update':
      case 'delete':
        if (this.#filter.has(message.relation)) this.#change(() => rowChange(message));
        return;
      case 'truncate':
        for (const relation of message.relations) if (this.#filter.has(relation)) this.#change(() => truncation(relation));
        return;
      case 'message':
        return this.#message(message, sent_us);
      case 'commit':
        return this.#commit(parseLsn(message.commitEndLsn!));
    }
  }

  #described({ commitLsn, commitTime, xid }: Pgoutput.MessageBegin, sent_us: bigint): Transaction {
    const wall_us = commitTime as bigint;
    return {
      lsn: parseLsn(commitLsn!),
      xid: xid >>> 0,
      commit_ts: timestampText(wall_us),
      committed_ns: this.#clock.earliest_ns(wall_us),
      sent_ns: this.#clock.latest_ns(sent_us),
    };
  }

  #begin(transaction: Transaction): void {
    this.#transaction = transaction;
    this.#members = transactionMembers(transaction);
    this.#lsnText = lsnText(transaction.lsn);
    this.#index = 0;
  }

  #commit(end: Lsn): void {
    this.#held.end(end);
    this.#transaction = null;
    this.#progress.passed(end);
  }

  #relation(relation: Pgoutput.MessageRelation): void {
    convertToJson(relation);
    admitKeysOfPartitions(relation);
    if (!this.#filter.all && this.#filter.has(relation)) this.seen.add(keyOf(relation));
  }

  #message(message: Pgoutput.MessageMessage, sent_us: bigint): void {
    if (message.prefix === ownPrefix) return this.#own(Buffer.from(message.content).toString('utf8'));
    if (message.transactional) return this.#change(() => logicalMessage(message));
    const sent_ns = this.#clock.latest_ns(sent_us);
    this.#begin({ lsn: parseLsn(message.messageLsn!), xid: null, commit_ts: null, committed_ns: null, sent_ns });
    this.#change(() => logicalMessage(message));
    this.#held.end(null);
    this.#transaction = null;
  }

  #own(text: string): void {
    if (text.startsWith(unseen)) this.unseen.add(text.slice(unseen.length));
    else this.#progress.marked(text);
  }

  #change(make: () => Change): void {
    const transaction = this.#transaction;
    if (!transaction) throw new Error('a change came outside of a transaction');
    const index = ++this.#index;
    if (transaction.lsn < this.#lastLsn || (transaction.lsn === this.#lastLsn && index <= this.#lastIndex)) return;
    const change = make();
    const data = `${change.head},${this.#members}${change.tail}}`;
    this.#held.add({ change, transaction, index, data, lsn_text: this.#lsnText, commit_end: null });
  }
}
