import { roomNames, type Room } from '../../schemas/codec.ts';
import type { Block } from '../bus/bus.ts';
import { EventBlock } from '../store/event-block.ts';
import { TextTable } from '../store/texts.ts';
import { TestOrder } from './order/test-order.ts';
import { Epoch } from './read/epoch.ts';
import { Intake, type Tests } from './read/intake.ts';
import type { RowSink } from './rows/sink.ts';
import { wordsOf } from './words.ts';

/** What the run's first record says. */
interface RunData {
  readonly epoch_ns: string;
  readonly started_at: string;
}

const msPerDay = 86_400_000;

/**
 * Turns the blocks of a bus into rows: no clock, no timer; the same blocks give the same rows in whatever order the rooms are read,
 * as long as each room is read in its own.
 */
export class Correlator implements Tests {
  readonly #texts = new TextTable();
  readonly #words = wordsOf(this.#texts);
  readonly #block = new EventBlock(this.#texts);
  readonly #epoch = new Epoch();
  readonly #tests = new Map<number, TestOrder>();
  readonly #ended = new Set<number>();
  /** Tests of which nothing is kept any more; records of them come again, if at all. */
  readonly #past = new Set<number>();
  readonly #intakes: Readonly<Record<Room, Intake>>;
  readonly #run: string;
  readonly #sink: RowSink;
  readonly #early: Block[] = [];
  #day: number | null = null;

  /** `ended`: tests of which the sink has everything already; they are passed by. */
  constructor(run: string, sink: RowSink, ended: readonly string[] = []) {
    this.#run = run;
    for (const test of ended) this.#past.add(this.#texts.internText(test));
    this.#sink = sink;
    const intake = (room: Room) => new Intake(room, this.#texts, this.#words, this.#epoch, this);
    this.#intakes = Object.fromEntries(roomNames.map((room) => [room, intake(room)])) as Record<Room, Intake>;
  }

  /** The day of the run's start as YYYY-MM-DD; null before the run's record has come. */
  get day(): string | null {
    return this.#day === null ? null : new Date(this.#day * msPerDay).toISOString().slice(0, 10);
  }

  /** Whether a barrier waits for answers. */
  get waits(): boolean {
    for (const test of this.#tests.values()) if (test.waits) return true;
    return false;
  }

  /** Takes in a block and hands on what it settles. Returns the time of its last record, ns since the run's epoch. */
  take(block: Block): number {
    if (this.#day === null && block.room !== 'runner') {
      this.#early.push(block);
      return 0;
    }
    const { moved, reached } = this.#intakes[block.room].take(block);
    for (const test of moved) while (test.due(false)) test.release();
    this.#forget();
    if (this.#day !== null) for (const early of this.#early.splice(0)) this.take(early);
    return reached;
  }

  /** There is nothing more to read for now: a last barrier at which the runner spoke for a silent collector is settled too. */
  settle(): void {
    for (const test of this.#tests.values()) while (test.due(true)) test.release();
    this.#forget();
  }

  run(data: string): void {
    const { epoch_ns, started_at } = JSON.parse(data) as RunData;
    this.#epoch.set(epoch_ns);
    this.#day = Math.floor(Date.parse(started_at) / msPerDay);
  }

  test(name: number): TestOrder | null {
    if (this.#past.has(name)) return null;
    let test = this.#tests.get(name);
    if (!test) {
      const text = this.#texts.text(name);
      const run = this.#texts.internText(this.#run);
      test = new TestOrder({ name: text, run, test: name, day: this.#day! }, this.#texts, this.#words, this.#block, this.#sink);
      this.#tests.set(name, test);
    }
    return test;
  }

  end(name: number): void {
    this.#ended.add(name);
  }

  /** Drops what ended tests held, once their last barrier is past. */
  #forget(): void {
    for (const name of this.#ended) {
      if (this.#tests.get(name)?.waits) continue;
      this.#tests.delete(name);
      this.#ended.delete(name);
      this.#past.add(name);
      this.#sink.end(this.#texts.text(name));
    }
  }
}
