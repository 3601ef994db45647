import type { Room } from '../../schemas/codec.ts';

/** Some records of one writer, back to back as Avro writes them, uncompressed. The unit in which the bus moves. */
export interface Block {
  readonly room: Room;
  readonly count: number;
  readonly records: Buffer;
}

/** The appending end of one room of a run. One writer a room. */
export interface BusWriter {
  /** Hands a block over, to lie behind all earlier ones. Throws `BusError`, also for what went wrong with an earlier block. */
  append(records: Buffer, count: number): void;
  /** Whether so much waits that a source which can wait should: until `room` settles. */
  readonly crowded: boolean;
  /** Settles when half of what is too much has gone. Rejects with `BusError`. */
  room(): Promise<void>;
  /** Settles when everything appended survives the death of this process. Rejects with `BusError`. */
  durable(): Promise<void>;
  /** Settles when everything appended also survives the loss of power, so far as the bus has a say in it. Rejects with `BusError`. */
  sync(): Promise<void>;
  /** Makes everything appended durable and lets go. */
  close(): Promise<void>;
}

/** The reading end of one room of a run, from its beginning. Any number of readers. */
export interface BusReader {
  /** The complete blocks that have come since the last call, oldest first; none is no error. */
  read(): Block[];
  close(): void;
}

/** The blocks of all rooms of a run, from its beginning, each room in its own order. */
export interface RunReader {
  /** The next block that is at hand; null when there is none now. Throws `BusError`. */
  next(): Block | null;
  /** What was taken of a room reaches up to this time: `next` prefers the room that is least far. */
  reached(room: Room, time: number): void;
  /** True when nothing is at hand and no more was known to be there when the bus was last looked at. */
  readonly dry: boolean;
  /** Looks at the bus once more: true when everything that was on it at the call has been taken. Rejects with `BusError`. */
  atEnd(): Promise<boolean>;
  close(): Promise<void>;
}

/** A block of one test, and where it stands. */
export interface TestBlock extends Block {
  readonly run: string;
  readonly test: string;
  /** In its part of the bus; it increases. */
  readonly position: bigint;
  /** When it was sent, by the clock of the bus, ms since 1970. */
  readonly sent_ms: number;
  /** What is missing of the test before it, among what was read; null: nothing. */
  readonly lost: BusError | null;
}

/** A part of the bus in the hands of one of several readers. All blocks of a test lie in one part. */
export interface BusShare {
  /** Takes the part's next block; the one after it comes when this has settled. A block may come again after others. */
  take(block: TestBlock): Promise<void>;
  /** The oldest block that whoever has the part next must read again; null: none of those taken. */
  readonly oldest: bigint | null;
}

/** What is done with the parts of a bus that fall to this process. */
export interface ShareHolder {
  /** The part is ours from now on, from where its last reader was done. */
  gain(part: number): BusShare;
  /** The part is another's from now on. */
  lose(part: number): void;
  /** Our name among the readers, from now on. */
  joined(member: string): void;
}

/** One of several readers that share a bus: each part is read by one of them, also when they come and go. */
export interface SharedReader {
  /** Leaves: others go on where each part's `oldest` says. */
  close(): Promise<void>;
  /** Settles never, or rejects with what makes it impossible to go on. */
  readonly failed: Promise<never>;
}

/** What can go wrong with the bus, so far as a caller can act on it. */
export type BusErrorCode =
  /** What --bus says is no address. */
  | 'E_BUS_ADDRESS'
  /** The disk of the embedded log is full. */
  | 'E_BUS_FULL'
  /** What was on the bus is not there any more. */
  | 'E_BUS_LOST'
  /** What lies on the bus cannot be read. */
  | 'E_BUS_CORRUPT'
  | 'E_BUS_IO'
  /** The broker or the schema registry does not answer, or not in time. */
  | 'E_BUS_GONE'
  /** The broker or the registry refuses us or what we send. */
  | 'E_BUS_REFUSED';

/** The bus cannot take or give records. `where` names the file or the address; the message is a sentence for people. */
export class BusError extends Error {
  override name = 'BusError';
  readonly code: BusErrorCode;
  readonly where: string;
  constructor(code: BusErrorCode, where: string, message: string) {
    super(message);
    this.code = code;
    this.where = where;
  }
}
