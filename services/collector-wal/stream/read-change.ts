import type { Change } from '../change/change.ts';
import type { Transaction } from '../change/transaction.ts';
import type { Lsn } from '../server/lsn.ts';

/** A change with what it belongs to, ready to be an event. */
export interface ReadChange {
  readonly change: Change;
  readonly transaction: Transaction;
  /** Its number in the transaction, from 1. */
  readonly index: number;
  /** LSN behind the commit record; null where it is not known. */
  readonly commit_end: Lsn | null;
  /** JSON text. */
  readonly data: string;
  readonly lsn_text: string;
}
