import { BusError, type Block } from '../bus.ts';
import type { KafkaAddress } from './address.ts';
import { decodeMessage } from './message.ts';
import type { Registry } from './registry.ts';

/** The block that a message of a run holds. Rejects with `BusError` E_BUS_CORRUPT when it holds none. */
export async function blockOf(
  { partition, offset, value }: { readonly partition: number; readonly offset: bigint; readonly value: Buffer },
  registry: Registry,
  address: KafkaAddress,
): Promise<Block> {
  const message = decodeMessage(value);
  const where = address.brokers.join(',');
  if (!message)
    throw new BusError(
      'E_BUS_CORRUPT',
      where,
      `The message at offset ${offset} of partition ${partition} at ${where} has the key of a run and is no block.`,
    );
  return { room: await registry.roomOf(message.schemaId), count: message.count, records: message.records };
}
