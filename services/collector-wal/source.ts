import { monotonicNs } from '../collector/clock.ts';
import { ChannelFailure } from '../collector/channel.ts';
import type { Publisher, SourceName } from '../collector/publisher.ts';
import { answerBarrier, type Verdict } from '../collector/verdict.ts';
import { Prover, type Question } from './barrier/prover.ts';
import { serverState } from './barrier/server-state.ts';
import type { Snapshot } from './barrier/snapshot.ts';
import { Connection, connectWhenUp, type WalTarget } from './server/connect.ts';
import { serverFailure } from './server/failures.ts';
import { dropLeftovers } from './server/leftovers.ts';
import type { LogGeometry, Lsn } from './server/lsn.ts';
import { slotName } from './server/names.ts';
import { createPublication, dropPublication } from './server/publication.ts';
import { serverSettings } from './server/settings.ts';
import { createSlot, dropSlot } from './server/slot.ts';
import { keyOf, TableFilter } from './server/tables.ts';
import { Acknowledger } from './stream/acknowledger.ts';
import { ChangeReader } from './stream/change-reader.ts';
import { ClockPair } from './stream/clock-pair.ts';
import { Following } from './stream/following.ts';
import { Progress } from './stream/progress.ts';
import type { ReadChange } from './stream/read-change.ts';

const acknowledgeEvery_ms = 1000;
/** Readings of the server's clock at the start; the narrowest counts. */
const clockReadings = 5;
const farewell_ms = 1500;

/** The row changes of one server in one test: slot, publication and stream, from `attach` to `detach`. */
export class WalSource {
  readonly name: SourceName;
  readonly #target: WalTarget;
  readonly #slot: string;
  readonly #filter: TableFilter;
  readonly #publisher: Publisher<'wal'>;
  readonly #clock = new ClockPair();
  readonly #progress = new Progress();
  readonly #reader: ChangeReader;
  readonly #following: Following;
  #acknowledger: Acknowledger | null = null;
  #prover: Prover | null = null;
  #timer: NodeJS.Timeout | undefined;
  #position = 0;

  constructor(name: SourceName, target: WalTarget, tables: readonly string[], publisher: Publisher<'wal'>) {
    this.name = name;
    this.#target = target;
    this.#slot = slotName(name.run, name.test, name.source);
    this.#filter = new TableFilter(tables);
    this.#publisher = publisher;
    this.#reader = new ChangeReader(this.#filter, this.#clock, this.#progress, (read) => this.#publish(read));
    this.#following = new Following(
      target,
      this.#slot,
      {
        restart: () => this.#reader.restart(),
        message: (message, sent_us) => this.#reader.read(message, sent_us),
        position: (lsn, urgent) => this.#onPosition(lsn, urgent),
      },
      (reason) => this.#gap(reason),
    );
  }

  /** Makes publication and slot, starts the stream; what is committed from now on will be seen. A `ChannelFailure` says what is in the way. */
  async attach(): Promise<void> {
    const repeated = this.#filter.repeated;
    if (repeated) {
      throw new ChannelFailure('E_WAL_TABLES', `wal_stream of "${this.name.service}": the table ${keyOf(repeated)} is named twice.`);
    }
    const connection = await connectWhenUp(this.#target).catch((error: unknown) => {
      throw serverFailure(error, this.#target);
    });
    try {
      const { start, snapshot, log } = await this.#prepare(connection);
      this.#acknowledger = new Acknowledger(start, this.#progress, this.#following, () => this.#publisher.sync());
      this.#prover = new Prover(
        {
          target: this.#target,
          log,
          slot: this.#slot,
          filter: this.#filter,
          progress: this.#progress,
          reader: this.#reader,
          following: this.#following,
          acknowledger: this.#acknowledger,
          clock: this.#clock,
        },
        connection,
        snapshot,
      );
      await this.#following.start();
      this.#publisher.publish(this.name, 0, 'ready', monotonicNs(), {
        data: JSON.stringify({ wal_segment_bytes: log.segment_bytes }),
      });
    } catch (error) {
      await this.#drop(connection).catch(() => {});
      connection.close();
      throw serverFailure(error, this.#target);
    }
    this.#timer = setInterval(() => void this.#acknowledger?.advance(), acknowledgeEvery_ms);
  }

  /** Answers a barrier on the bus, by the deadline. */
  async barrier(barrier: number, question: Omit<Question, 'mark'>): Promise<void> {
    const { run, test } = this.name;
    this.#answer(barrier, await this.#prover!.prove({ ...question, mark: `${run}/${test}/${barrier}` }));
  }

  /** Answers a barrier when there is no server any more to ask. */
  serverOver(barrier: number, reason: string): void {
    this.#following.stop();
    this.#answer(barrier, { complete: false, reason });
  }

  #answer(barrier: number, verdict: Verdict): void {
    answerBarrier(this.#publisher, this.name, { barrier, position: this.#position }, verdict);
  }

  /** Ends the stream; slot and publication are gone afterwards, unless the server is. */
  async detach(): Promise<void> {
    clearInterval(this.#timer);
    this.#prover?.close();
    this.#following.stop();
    const connection = new Connection(this.#target);
    const late = setTimeout(() => connection.close(), farewell_ms);
    try {
      await this.#drop(await connection.open());
    } catch {
      // A server that is gone or does not answer keeps its slot; the next run that observes it drops what this one left.
    } finally {
      clearTimeout(late);
      connection.close();
    }
  }

  async #prepare(connection: Connection): Promise<{ readonly log: LogGeometry; readonly start: Lsn; readonly snapshot: Snapshot }> {
    const { version, log } = await serverSettings(connection, this.#target);
    await dropLeftovers(connection, this.name.run);
    await createPublication(connection, this.#slot, this.#filter, this.#target, version);
    const { snapshot } = await serverState(connection);
    const start = await createSlot(connection, this.#slot, this.name.service);
    for (let i = 0; i < clockReadings; i++) this.#clock.learn((await serverState(connection)).clock);
    return { log, start, snapshot };
  }

  async #drop(connection: Connection): Promise<void> {
    this.#following.stop();
    await dropSlot(connection, this.#slot);
    await dropPublication(connection, this.#slot);
  }

  #onPosition(lsn: Lsn, urgent: boolean): void {
    if (!this.#reader.inside) this.#progress.passed(lsn);
    if (urgent) void this.#acknowledger?.settle();
  }

  #publish({ change, transaction, data, lsn_text, commit_end }: ReadChange): void {
    const { xid, lsn, committed_ns, sent_ns } = transaction;
    this.#publisher.publish(this.name, ++this.#position, 'wal', monotonicNs(), {
      table: change.table,
      action: change.action,
      lsn: lsn_text,
      xid,
      commit_lsn: lsn,
      commit_end_lsn: commit_end,
      committed_ns,
      sent_ns,
      data,
    });
    this.#publisher.flushSoon();
    // What the server has not sent can wait there.
    if (this.#publisher.crowded) this.#following.holdUntil(this.#publisher.room());
  }

  #gap(reason: string): void {
    const now = monotonicNs();
    this.#publisher.publish(this.name, this.#position, 'gap', now, { until_ns: now, lost: null, reason });
    this.#publisher.flushSoon();
    this.#progress.giveUp();
  }
}
