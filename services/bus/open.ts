import { roomNames, type Room } from '../../schemas/codec.ts';
import type { BusWriter, RunReader } from './bus.ts';
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

/** Makes a bus ready for a run that begins now: where its readers shall begin. Rejects with `BusError`. */
export async function prepareBus(location: BusLocation): Promise<BusLocation> {
  if ('dir' in location) return location;
  const { prepareTopic } = await import('./kafka/topic.ts');
  return { kafka: await prepareTopic(location.kafka) };
}
