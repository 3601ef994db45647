import type { Room } from '../../../schemas/codec.ts';
import type { Block } from '../../bus/bus.ts';
import { openLogReader } from '../../bus/log/reader.ts';

const names: readonly Room[] = ['runner', 'syscall', 'stdout'];

/** The rooms of a run's bus, read side by side so that none runs far ahead of the others. */
export class Rooms {
  readonly #rooms: ReadonlyArray<{ readonly reader: ReturnType<typeof openLogReader>; blocks: Block[]; at: number }>;

  constructor(dir: string) {
    this.#rooms = names.map((room) => ({ reader: openLogReader(dir, room), blocks: [], at: 0 }));
  }

  /** All that the runner has written, then at most one block of each other room. Empty when there is nothing new. */
  next(): Block[] {
    const [runner, ...others] = this.#rooms;
    const taken: Block[] = runner!.reader.read();
    for (const room of others) {
      if (room.at === room.blocks.length) {
        room.blocks = room.reader.read();
        room.at = 0;
      }
      if (room.at < room.blocks.length) taken.push(room.blocks[room.at++]!);
    }
    return taken;
  }

  close(): void {
    for (const { reader } of this.#rooms) reader.close();
  }
}
