import type { KafkaAddress } from './address.ts';
import { openKafka, topic, withinPatience } from './client.ts';

/** Lines of up to 16 MiB are events. */
const largestMessage_bytes = 32 << 20;

/**
 * Makes the topic if it is not there. Settles with the address and the offsets before which there is nothing of a run that begins now;
 * rejects with `BusError`.
 */
export async function prepareTopic(address: KafkaAddress): Promise<KafkaAddress> {
  const admin = (await openKafka(address)).admin();
  try {
    return await withinPatience(address, prepare());
  } finally {
    void admin.disconnect().catch(() => {});
  }

  async function prepare(): Promise<KafkaAddress> {
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: String(largestMessage_bytes) }];
    if (!(await admin.listTopics()).includes(topic)) await admin.createTopics({ topics: [{ topic, configEntries }] });
    const offsets = await admin.fetchTopicOffsets(topic);
    return { ...address, from: new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])) };
  }
}
