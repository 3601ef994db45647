import type { Origin } from '../causes/origin.ts';
import type { Pipes } from '../causes/pipes.ts';
import type { TextTable } from '../../store/texts.ts';
import type { Words } from '../words.ts';
import { rank, stage, type EventPool } from './event-pool.ts';

/** What lines are placed by, at one barrier. */
export interface LineRound {
  readonly until: number;
  readonly last: boolean;
  /** Whether the calls of a service are traced, so that the write of a line can be known. */
  traced(service: number): boolean;
}

/** Places lines of stdout and stderr directly after the write that held their newline (RUNTIME §5). */
export class Lines {
  readonly #pool: EventPool;
  readonly #words: Words;
  readonly #texts: TextTable;
  readonly #pipes: Pipes;
  /** The pipe of a source, by number of its name. */
  readonly #inodes = new Map<number, number>();
  readonly #anchors = new Map<number, Origin>();

  constructor(pool: EventPool, words: Words, texts: TextTable, pipes: Pipes) {
    this.#pool = pool;
    this.#words = words;
    this.#texts = texts;
    this.#pipes = pipes;
  }

  /** `stdout/db` reads from this pipe. */
  connect(source: string, inode: number): void {
    this.#inodes.set(this.#texts.internText(source), inode);
  }

  /** Finds the writes of lines; gives those their places that have none. Lines of a source must come in their order. */
  place(lines: readonly number[], round: LineRound): void {
    const pool = this.#pool;
    const before = new Map<number, number>();
    for (const i of lines) {
      if (pool.stage[i] !== stage.explained) this.#anchor(i, round);
      const anchor = this.#anchors.get(i);
      if (anchor && anchor.index >= 0) pool.put(i, pool.key[anchor.index]!, pool.rank[anchor.index]! + rank.afterWrite);
      const source = pool.id.source[i]!;
      const previous = before.get(source);
      if (previous !== undefined && pool.standsBefore(i, previous)) pool.put(i, pool.key[previous]!, pool.rank[previous]!);
      before.set(source, i);
    }
  }

  /** After events have left the pool. */
  renumber(movedTo: Int32Array): void {
    const anchors = [...this.#anchors];
    this.#anchors.clear();
    for (const [i, anchor] of anchors) if (movedTo[i]! >= 0) this.#anchors.set(movedTo[i]!, anchor);
  }

  #anchor(i: number, { until, last, traced }: LineRound): void {
    const pool = this.#pool;
    const inode = this.#inodes.get(pool.id.source[i]!);
    const knowable = inode !== undefined && traced(pool.id.service[i]!);
    const anchor = knowable ? this.#pipes.anchor(inode, pool.number('position', i) - 1) : ({ kind: 'unknown' } as const);
    if (anchor.kind === 'write') {
      const { write, certain } = anchor;
      pool.stage[i] = stage.explained;
      pool.at[i] = write.exit;
      pool.addCause(i, { rule: this.#words.line, origin: write, certain });
      if (write.index >= 0) this.#anchors.set(i, write);
      else pool.put(i, -Infinity, 0);
      return;
    }
    if (anchor.kind === 'later' && pool.at[i]! > until && !last) return pool.put(i, Infinity, 0);
    pool.stage[i] = stage.explained;
    pool.put(i, Math.min(pool.at[i]!, until), 0);
  }
}
