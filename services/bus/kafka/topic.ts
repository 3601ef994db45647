import type { KafkaAddress } from './address.ts';
import { openKafka, topic, withinPatience } from './client.ts';
import { beginGroup } from './group.ts';
import { untilAnswered } from './retry.ts';

/** Lines of up to 16 MiB are events. */
const largestMessage_bytes = 32 << 20;
/** More than correlators that would share them. */
const numPartitions = 32;

/**
 * Makes the topic if it is not there. Settles with the address and the offsets before which there is nothing of a run that begins now;
 * from there on its group sees everything. Rejects with `BusError`.
 */
export async function prepareTopic(address: KafkaAddress): Promise<KafkaAddress> {
  const admin = (await openKafka(address)).admin();
  try {
    const prepared = await withinPatience(address, prepare());
    if (prepared.group !== '') await beginGroup(prepared, prepared.group, prepared.from);
    return prepared;
  } finally {
    void admin.disconnect().catch(() => {});
  }

  async function prepare(): Promise<KafkaAddress> {
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: String(largestMessage_bytes) }];
    const made = async () =>
      (await admin.listTopics()).includes(topic) || admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] });
    await untilAnswered(address, made);
    const offsets = await untilAnswered(address, () => admin.fetchTopicOffsets(topic));
    return { ...address, from: new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])) };
  }
}
