import type { Room } from '../../../schemas/codec.ts';
import type { Block, BusReader, RunReader } from '../bus.ts';
import { openLogReader } from './reader.ts';

interface Open {
  readonly room: Room;
  readonly reader: BusReader;
  blocks: Block[];
  at: number;
  reached: number;
}

/** Rooms of the run in the folder `dir`, read side by side so that none runs far ahead of the others in time. */
export function openLogRunReader(dir: string, rooms: readonly Room[]): RunReader {
  return new LogRunReader(dir, rooms);
}

class LogRunReader implements RunReader {
  /** What `next` does not find, is not there. */
  readonly dry = true;
  readonly #rooms: readonly Open[];

  constructor(dir: string, rooms: readonly Room[]) {
    this.#rooms = rooms.map((room) => ({ room, reader: openLogReader(dir, room), blocks: [], at: 0, reached: -Infinity }));
  }

  next(): Block | null {
    let behind: Open | null = null;
    for (const room of this.#rooms) {
      if (room.at === room.blocks.length) {
        room.blocks = room.reader.read();
        room.at = 0;
      }
      if (room.at < room.blocks.length && (behind === null || room.reached < behind.reached)) behind = room;
    }
    return behind === null ? null : behind.blocks[behind.at++]!;
  }

  reached(room: Room, time: number): void {
    this.#rooms.find((r) => r.room === room)!.reached = time;
  }

  async atEnd(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    for (const { reader } of this.#rooms) reader.close();
  }
}
