import type { EventBlock } from '../../store/event-block.ts';
import { blockRows } from '../../store/event-block.ts';
import type { RowSink } from '../rows/sink.ts';
import type { RowWriter } from '../rows/row-writer.ts';
import { Clocks } from './clocks.ts';
import type { EventPool } from './event-pool.ts';

/** What names the rows of a test. */
export interface TestName {
  readonly name: string;
  /** Numbers of the text table. */
  readonly run: number;
  readonly test: number;
  /** Days from 1970 to the run's start. */
  readonly day: number;
}

/** Gives events their `seq`, lane and clock, in their order, and hands them on as blocks. */
export class Placing {
  seq = 0;
  readonly #name: TestName;
  readonly #pool: EventPool;
  readonly #block: EventBlock;
  readonly #rows: RowWriter;
  readonly #sink: RowSink;
  readonly #testLane: number;
  readonly #clocks = new Clocks();

  /** `block` may be shared: it is empty before and after each call of `place`. `testLane`: for events without a service. */
  constructor(name: TestName, pool: EventPool, block: EventBlock, rows: RowWriter, sink: RowSink, testLane: number) {
    this.#name = name;
    this.#pool = pool;
    this.#block = block;
    this.#rows = rows;
    this.#sink = sink;
    this.#testLane = testLane;
  }

  /** Places events that are sorted. `start`: the test's start. */
  place(sorted: readonly number[], start: number, none: number): void {
    this.#block.clear();
    this.#block.firstSeq = this.seq + 1;
    for (const i of sorted) {
      this.#one(i, start, none);
      if (this.seq % blockRows === 0) this.#cut();
    }
    this.#cut();
  }

  #one(i: number, start: number, none: number): void {
    const pool = this.#pool;
    const block = this.#block;
    const service = pool.id.service[i]!;
    const lane = this.#clocks.laneOf(service === none || service === 0 ? this.#testLane : service);
    const causes = pool.causes[i];
    let changed = false;
    if (causes) for (const c of causes) if (c.certain && c.origin.seq > 0) changed = this.#clocks.merge(lane, c.origin) || changed;
    const own = this.#clocks.step(lane);
    this.seq++;
    const origin = pool.origins[i];
    if (origin) {
      origin.index = -1;
      origin.seq = this.seq;
      origin.lane = lane;
      origin.own = own;
      origin.others = this.#clocks.others(lane);
    }
    this.#rows.write(block, i, start);
    block.lane[block.rows] = own;
    if (changed) this.#clock(lane);
    if (causes) for (const c of causes) if (c.origin.seq > 0) block.addCause(c.rule, c.origin.seq, c.certain);
    block.endRow();
  }

  #clock(lane: number): void {
    const others = this.#clocks.others(lane);
    for (let k = 0; k < others.length; k++) if (others[k]! > 0) this.#block.addClock(this.#clocks.services[k]!, others[k]!);
  }

  #cut(): void {
    const { rows, firstSeq } = this.#block;
    const { name, run, test, day } = this.#name;
    if (rows > 0) this.#sink.block(name, firstSeq, this.seq, this.#block.encode(run, test, day));
    this.#block.clear();
    this.#block.firstSeq = this.seq + 1;
  }
}
