import { Connection, type WalTarget } from '../server/connect.ts';
import { endOfRecords, lsnText, type LogGeometry, type Lsn } from '../server/lsn.ts';
import { ownPrefix } from '../server/later-tables.ts';
import { blindSpot, keyless, keylessText, unloggedText } from '../server/observable.ts';
import { publishesAll } from '../server/publication.ts';
import { keyOf, tablesOf, type TableFilter } from '../server/tables.ts';
import type { ChangeReader } from '../stream/change-reader.ts';
import type { Acknowledger } from '../stream/acknowledger.ts';
import type { ClockPair } from '../stream/clock-pair.ts';
import type { Following } from '../stream/following.ts';
import type { Progress } from '../stream/progress.ts';
import { serverState } from './server-state.ts';
import { anyEnded, type Snapshot } from './snapshot.ts';
import type { Verdict } from '../../collector/verdict.ts';
import { within } from '../../collector/within.ts';

/** What is asked at a barrier. Deadlines count as `performance.now()` does. */
export interface Question {
  /** Tells this barrier's mark from every other. */
  readonly mark: string;
  readonly deadline_ms: number;
  /** `mark`: write a mark and wait for it. `read`: write nothing. `flow`: the same, and do not wait long. */
  readonly how: 'mark' | 'read' | 'flow';
}

/** How it is known that the stream was read up to a barrier. */
interface Reading {
  readonly reason: string;
  readonly sampled: string;
}

/** What a proof speaks of. */
export interface Subject {
  readonly target: WalTarget;
  readonly log: LogGeometry;
  /** The name of slot and publication. */
  readonly slot: string;
  readonly filter: TableFilter;
  readonly progress: Progress;
  readonly reader: ChangeReader;
  readonly following: Following;
  readonly acknowledger: Acknowledger;
  readonly clock: ClockPair;
}

/** What a stream has to reach: every transaction that has ended, and the end of the log. */
interface Moment {
  readonly snapshot: Snapshot;
  readonly end: Lsn;
  readonly how: Question['how'];
  readonly deadline_ms: number;
}

/** How long a barrier for the flow's sake may hold up the others. */
const flow_ms = 250;
/** The server has a line in its log for each connection that it refuses. */
const pause_ms = { first: 10, most: 320 } as const;
/** How long what no transaction wrote may take to come. */
const settle_ms = 50;

/** Proves that a stream has brought everything up to a moment. */
export class Prover {
  readonly #subject: Subject;
  #connection: Connection;
  /** Every transaction that had ended here has been read. */
  #proven: Snapshot;

  /** `begin`: before the slot was there; what had ended by then is not to be seen. */
  constructor(subject: Subject, connection: Connection, begin: Snapshot) {
    this.#subject = subject;
    this.#connection = connection;
    this.#proven = begin;
  }

  /** Never rejects; waits for a server that is away, until the deadline, and asks again. A stream that runs tells that it is back. */
  async prove(question: Question): Promise<Verdict> {
    const { following } = this.#subject;
    const deadline_ms = question.how === 'flow' ? Math.min(question.deadline_ms, performance.now() + flow_ms) : question.deadline_ms;
    let reason = 'it was not asked in time';
    let wait_ms: number = pause_ms.first;
    for (let attempt = 0; performance.now() < deadline_ms; attempt++) {
      if (following.broken !== null) return { complete: false, reason: following.broken };
      if (following.interrupted === null) {
        try {
          return await this.#ask({ ...question, mark: `${question.mark}/${attempt}`, deadline_ms });
        } catch (error) {
          reason = following.broken ?? following.interrupted ?? (error as Error).message;
          this.#connection.close();
          wait_ms = Math.min(2 * wait_ms, pause_ms.most);
        }
      } else {
        reason = following.interrupted;
        if (question.how === 'flow') break;
      }
      await new Promise((resolve) => setTimeout(resolve, wait_ms));
    }
    return { complete: false, reason };
  }

  close(): void {
    this.#connection.close();
  }

  async #ask({ how, mark, deadline_ms }: Question): Promise<Verdict> {
    const connection = await this.#connected(deadline_ms);
    const state = within(serverState(connection), deadline_ms, 'the server did not say in time where its log ends');
    const { snapshot, insert, clock } = await state;
    const end = endOfRecords(insert, this.#subject.log);
    this.#subject.clock.learn(clock);
    const marked = how === 'mark' && (await this.#mark(connection, mark, deadline_ms));
    const reading = await this.#await(marked ? mark : null, { snapshot, end, how, deadline_ms });
    if (reading === null) return { complete: false, reason: this.#lagging(end) };
    this.#proven = snapshot;
    return how === 'flow' ? { complete: true, ...reading, vacuous: '' } : this.#look(connection, reading, deadline_ms);
  }

  async #connected(deadline_ms: number): Promise<Connection> {
    if (this.#connection.lost) {
      this.#connection = new Connection(this.#subject.target);
      await within(this.#connection.open(), deadline_ms, 'the server did not take a connection in time');
    }
    return this.#connection;
  }

  /** Writes a mark; false when the server refuses that. */
  async #mark(connection: Connection, mark: string, deadline_ms: number): Promise<boolean> {
    try {
      const written = connection.query(`SELECT pg_logical_emit_message(true, '${ownPrefix}', $1)`, [mark]);
      await within(written, deadline_ms, 'the server did not commit the mark in time');
      return true;
    } catch (error) {
      if (isRefusal(error)) return false;
      throw error;
    }
  }

  /** Waits for the mark, or else for the end of the log; null when it does not come in time. */
  async #await(mark: string | null, { snapshot, end, how, deadline_ms }: Moment): Promise<Reading | null> {
    const { progress, acknowledger } = this.#subject;
    if (mark !== null) {
      const seen = await progress.until({ kind: 'mark', text: mark }, deadline_ms, () => {});
      return seen ? { reason: `read to a mark, ${lsnText(progress.reached)}`, sampled: '' } : null;
    }
    const ended = anyEnded(this.#proven, snapshot);
    const reason = 'no transaction has ended since the last proof';
    if (!ended && how === 'flow') return { reason, sampled: '' };
    const until_ms = ended ? deadline_ms : Math.min(deadline_ms, performance.now() + settle_ms);
    if (await progress.until({ kind: 'lsn', lsn: end }, until_ms, () => acknowledger.ping())) {
      return { reason: `read to ${lsnText(progress.reached)}, the end of the log`, sampled: '' };
    }
    if (ended) return null;
    // What lies behind is of transactions that run, or of none.
    return { reason, sampled: `messages outside of transactions are known up to ${lsnText(progress.reached)}, where the log is flushed` };
  }

  #lagging(end: Lsn): string {
    const { following, progress } = this.#subject;
    const behind = `the stream is at ${lsnText(progress.reached)} and the log ended at ${lsnText(end)}: what lies between is not yet flushed or sent`;
    return following.broken ?? following.interrupted ?? behind;
  }

  /** Whether the tables are such that their changes come. */
  async #look(connection: Connection, { reason, sampled }: Reading, deadline_ms: number): Promise<Verdict> {
    const { filter, reader, slot, target } = this.#subject;
    const tables = await within(tablesOf(connection, slot), deadline_ms, 'the server did not name its tables in time');
    const named = tables.filter((table) => !filter.all && filter.has(table));
    const unpublished = named.filter((table) => table.kind !== 'v' && !table.published && !table.partition && table.logged);
    const blind = blindSpot(tables, filter);
    if (blind !== null) return incomplete(blind);
    if (!filter.all && reader.unseen.size > 0) {
      return incomplete(`${[...reader.unseen].join(', ')} was unlogged, or a partition, for a time: what changed in it then is not known`);
    }
    if (unpublished.length > 0) {
      const names = unpublished.map(keyOf).join(', ');
      return incomplete(`${names} was made after the stream began, and "${target.user}" may only publish tables that were there`);
    }
    const without = keyless(tables).filter((table) => table.published);
    if (!(await within(publishesAll(connection, slot), deadline_ms, 'the server did not tell of its publication in time'))) {
      return incomplete(
        without.length > 0
          ? `UPDATE and DELETE are not published any more, lest they be refused. ${keylessText(without)}`
          : 'not all changes are published any more: a table without a key was there, or somebody altered the publication',
      );
    }
    const absent = filter
      .absent(tables)
      .map(keyOf)
      .filter((key) => !reader.seen.has(key));
    const vacuous = absent.length === 0 ? '' : `the table ${absent.join(', ')} does not exist`;
    const said = [sampled, unloggedText(tables, filter, reader.unseen)].filter((text) => text !== '').join('; ');
    return { complete: true, reason: without.length > 0 ? `${reason}; ${keylessText(without)}` : reason, sampled: said, vacuous };
  }
}

/** A reason is a clause: whoever reports it ends the sentence. */
function incomplete(reason: string): Verdict {
  return { complete: false, reason: reason.replace(/\.$/, '') };
}

/** Whether an error is the server's answer to a statement, and not the loss of the connection (classes 08, 57). */
function isRefusal(error: unknown): boolean {
  const { code = '' } = error as { code?: string };
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|57)/.test(code);
}
