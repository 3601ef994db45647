import { roomNames, type Room } from '../../schemas/codec.ts';
import type { BusWriter, RunReader, ShareHolder, SharedReader } from './bus.ts';
import { openKafkaRunReader } from './kafka/run-reader.ts';
import { openKafkaWriter } from './kafka/writer.ts';
import type { BusLocation } from './location.ts';
import { openLogRunReader } from './log/run-reader.ts';
import { openLogWriter } from './log/writer.ts';

/** The appending end of a room of a run. Throws `BusError`. */
export function openBusWriter(location: BusLocation, run: string, room: Room): BusWriter {
  return 'dir' in location ? openLogWriter(location.dir, room) : openKafkaWriter(location.kafka, run, room);
}

/** Rooms of a run, all by default, from their beginning. Throws `BusError`. */
export function openRunReader(location: BusLocation, run: string, rooms: readonly Room[] = roomNames): RunReader {
  return 'dir' in location ? openLogRunReader(location.dir, rooms) : openKafkaRunReader(location.kafka, run, rooms);
}

/**
 * Makes a bus ready for a run that begins now: where its readers shall begin. `group`: whose correlators take the run, where several share
 * what is on the bus; empty: its own alone. Rejects with `BusError`.
 */
export async function prepareBus(location: BusLocation, group = ''): Promise<BusLocation> {
  if ('dir' in location) return location;
  const { prepareTopic } = await import('./kafka/topic.ts');
  return { kafka: await prepareTopic({ ...location.kafka, group }) };
}

/** The group whose readers share what is on the bus; empty: each run has a reader of its own. */
export function groupOf(location: BusLocation): string {
  return 'dir' in location ? '' : location.kafka.group;
}

/** Reads what falls to us of the blocks of the location's group. `dead`: a reader of the group that is known to be dead, or empty. */
export async function openSharedReader(location: BusLocation, dead: string, holder: ShareHolder): Promise<SharedReader> {
  if ('dir' in location) throw new RangeError('the embedded log is not shared');
  const [{ openKafkaSharedReader }, { expelMember }] = await Promise.all([import('./kafka/shared-reader.ts'), import('./kafka/group.ts')]);
  if (dead !== '') await expelMember(location.kafka, location.kafka.group, dead);
  return openKafkaSharedReader(location.kafka, holder);
}
