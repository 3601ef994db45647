import type { EventBlock } from '../../store/event-block.ts';
import type { TextTable } from '../../store/texts.ts';
import type { EventPool } from '../order/event-pool.ts';
import type { Words } from '../words.ts';
import { dataKeys } from './data-keys.ts';
import { jsonOk } from './json-ok.ts';
import type { Peers } from './peers.ts';

const emptyObject = Buffer.from('{}');

/** Writes events of a pool as rows of a block. */
export class RowWriter {
  readonly #pool: EventPool;
  readonly #texts: TextTable;
  readonly #words: Words;
  readonly #peers: Peers;

  constructor(pool: EventPool, texts: TextTable, words: Words, peers: Peers) {
    this.#pool = pool;
    this.#texts = texts;
    this.#words = words;
    this.#peers = peers;
  }

  /** Fills the row in work with everything but lane, clock and causes. `start`: the test's start, ns since the run's epoch. */
  write(block: EventBlock, i: number, start: number): void {
    const { id, int } = this.#pool;
    const r = block.rows;
    const { text } = block;
    block.type[r] = id.type[i]!;
    block.service[r] = id.service[i]!;
    block.source[r] = id.source[i]!;
    const at = this.#pool.at[i]! - start;
    block.at[r * 2] = (at % 4294967296) | 0;
    block.at[r * 2 + 1] = Math.floor(at / 4294967296);
    const { position } = this.#pool.long;
    block.position[r * 2] = position.words[i * 2]!;
    block.position[r * 2 + 1] = position.words[i * 2 + 1]!;
    text.syscall[r] = id.syscall[i]!;
    text.path[r] = id.path[i]!;
    text.peer[r] = id.remote[i] === 0 && id.address[i] === 0 ? 0 : this.#peers.of(this.#pool, i);
    text.errno[r] = id.errno[i]!;
    text.decision[r] = id.decision[i]!;
    text.label[r] = id.label[i]!;
    text.local[r] = id.local[i]!;
    text.remote[r] = id.remote[i]!;
    this.#longs(block, i, r, id.type[i] === this.#words.gap);
    for (const c of ['fd', 'pid', 'tid'] as const) {
      const has = int[c].has[i]!;
      block.int[c].nulls[r] = 1 - has;
      block.int[c].values[r] = has === 1 ? int[c].values[i]! : 0;
    }
    block.setString('target', id.target[i] === 0 ? null : this.#texts.bytes(id.target[i]!));
    const more = this.#pool.attributes[i];
    if (more) block.attributes.set(r, more);
    this.#data(block, i, r, start);
  }

  #longs(block: EventBlock, i: number, r: number, isGap: boolean): void {
    const { long } = this.#pool;
    for (const [to, from] of [
      ['size', 'size'],
      ['ret', 'ret'],
      ['duration_ns', 'duration'],
    ] as const) {
      const { words, has } = long[from];
      const column = block.long[to];
      const given = has[i] === 1 && !isGap;
      column.nulls[r] = given ? 0 : 1;
      column.words[r * 2] = given ? words[i * 2]! : 0;
      column.words[r * 2 + 1] = given ? words[i * 2 + 1]! : 0;
    }
  }

  #data(block: EventBlock, i: number, r: number, start: number): void {
    const pool = this.#pool;
    const { text } = block;
    const length = pool.dataLength[i]!;
    const isGap = pool.id.type[i] === this.#words.gap;
    if (length === 0 && !isGap) {
      block.data.string(emptyObject, 0, emptyObject.length);
      block.jsonOk[r] = 1;
      text.data_level[r] = text.data_op[r] = text.data_table[r] = text.data_action[r] = text.data_event[r] = 0;
      block.setString('message', null);
      return;
    }
    const from = pool.dataFrom[i]!;
    const raw = Buffer.from(pool.arena.buffer, pool.arena.byteOffset + from, length);
    const json = isGap ? this.#gap(i, raw.toString('utf8'), start) : raw.toString('utf8');
    const bytes = isGap ? Buffer.from(json) : raw;
    block.data.string(bytes, 0, bytes.length);
    block.jsonOk[r] = jsonOk(json) ? 1 : 0;
    const keys = dataKeys(json);
    const number = (value: string | null) => (value === null ? 0 : this.#texts.internText(value));
    text.data_level[r] = number(keys.level);
    text.data_op[r] = number(keys.op);
    text.data_table[r] = number(keys.table);
    text.data_action[r] = number(keys.action);
    text.data_event[r] = number(keys.event);
    block.setString('message', keys.msg === null ? null : Buffer.from(keys.msg));
  }

  /** A gap waits with its length as `duration` and the number of lost events as `ret`. */
  #gap(i: number, reason: string, start: number): string {
    const pool = this.#pool;
    const from = pool.at[i]! - start;
    const count = pool.long.ret.has[i] === 1 ? pool.number('ret', i) : null;
    return JSON.stringify({ source: this.#texts.text(pool.id.source[i]!), from, to: from + pool.number('duration', i), count, reason });
  }
}
