import { BusError } from './bus.ts';
import { kafkaAddressText, parseKafkaAddress, type KafkaAddress } from './kafka/address.ts';

/** Where a run's records are: the folder of the run in the embedded log, or a Kafka cluster. */
export type BusLocation = { readonly dir: string } | { readonly kafka: KafkaAddress };

const notABus =
  'That is no bus. Write --bus kafka://host:9092?registry=http://host:8081, or leave it out: records are then kept in .faultbox/bus.';

/** What `--bus` says: a cluster, or a folder. Throws `BusError` E_BUS_ADDRESS. */
export function busLocation(text: string): BusLocation {
  if (text.startsWith('kafka:')) return { kafka: parseKafkaAddress(text) };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) throw new BusError('E_BUS_ADDRESS', '--bus', notABus);
  return { dir: text };
}

/** A location as a process of the run is told it. Passwords are in the environment, and stay there. */
export function busText(location: BusLocation): string {
  return 'dir' in location ? location.dir : kafkaAddressText(location.kafka);
}
