import { roomNames, type Room } from '../../../schemas/codec.ts';
import type { Block, BusReader } from '../../bus/bus.ts';
import { openLogReader } from '../../bus/log/reader.ts';

interface Open { readonly room: Room; readonly reader: BusReader; blocks: Block[]; at: number; reached: number }

/** The rooms of a run's bus, read side by side so that none runs far ahead of the others in time. */
export class Rooms {
  readonly #rooms: readonly Open[];

  constructor(dir: string) {
    this.#rooms = roomNames.map((room) => ({ room, reader: openLogReader(dir, room), blocks: [], at: 0, reached: -Infinity }));
  }

  /** The next block of the room that is least far; null when there is nothing new. */
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

  /** What has been read of a room reaches up to this time. */
  reached(room: Room, time: number): void {
    this.#rooms.find((r) => r.room === room)!.reached = time;
  }

  close(): void {
    for (const { reader } of this.#rooms) reader.close();
  }
}
