import type { ICustomPartitioner } from 'kafkajs';
import type { KafkaAddress } from './address.ts';

/**
 * Puts a key among the partitions that the topic had when the run began, as all its processes do: a test lies in one, also where the topic is
 * given more meanwhile.
 */
export function partitionerOf({ from }: KafkaAddress, usual: ICustomPartitioner): ICustomPartitioner {
  return () => {
    const choose = usual();
    return ({ partitionMetadata, ...message }) => {
      const known = partitionMetadata.filter(({ partitionId }) => from.size === 0 || from.has(partitionId));
      return choose({ ...message, partitionMetadata: known });
    };
  };
}
