import type { Room } from '../../schemas/codec.ts';

/** Some records of one writer, back to back as Avro writes them, uncompressed. The unit in which the bus moves. */
export interface Block {
  readonly room: Room;
  readonly count: number;
  readonly records: Buffer;
}

/** The appending end of one room of a run. One writer a room. */
export interface BusWriter {
  /** Appends a block. When it returns, the block survives the death of this process. */
  append(records: Buffer, count: number): void;
  /** Makes everything appended survive the loss of power. */
  sync(): void;
  close(): void;
}

/** The reading end of one room of a run, from its beginning. Any number of readers. */
export interface BusReader {
  /** The complete blocks that have come since the last call, oldest first; none is no error. */
  read(): Block[];
  close(): void;
}

/** The bus cannot take or give records. `path` names the file. */
export class BusError extends Error {
  override name = 'BusError';
  readonly code: 'E_BUS_FULL' | 'E_BUS_CORRUPT' | 'E_BUS_IO';
  readonly path: string;
  constructor(code: BusError['code'], path: string, message: string) {
    super(message);
    this.code = code;
    this.path = path;
  }
}
