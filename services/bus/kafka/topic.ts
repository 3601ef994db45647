import type { KafkaAddress } from './address.ts';
import { largestMessage_bytes, openKafka, topic, withinPatience } from './client.ts';
import { BusError } from '../bus.ts';
import { beginGroup } from './group.ts';
import { untilAnswered } from './retry.ts';

/** More than correlators that would share them. */
const numPartitions = 32;

/** kafkajs's `ConfigResourceTypes.TOPIC`. */
const topicResource = 2;
/** The brokers' time, not ours, says how old a message is: a machine whose clock is wrong loses nothing. */
const configEntries = Object.entries({
  'max.message.bytes': String(largestMessage_bytes),
  'cleanup.policy': 'delete',
  'message.timestamp.type': 'LogAppendTime',
}).map(([name, value]) => ({ name, value }));

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

  /** Messages of a test have the same key: compaction keeps the last. Who may not see the settings finds out when a message is missing. */
  async function refuseCompaction(): Promise<void> {
    const asked = { type: topicResource, name: topic, configNames: ['cleanup.policy'] };
    const found = await admin.describeConfigs({ includeSynonyms: false, resources: [asked] }).catch(() => null);
    const policy = found?.resources[0]?.configEntries[0]?.configValue ?? '';
    if (!policy.includes('compact')) return;
    const where = address.brokers.join(',');
    const sentence = `The topic ${topic} at ${where} is compacted (cleanup.policy=${policy}), which drops all but the last message of each test.`;
    throw new BusError('E_BUS_REFUSED', where, `${sentence} Set its cleanup.policy to delete.`);
  }

  async function prepare(): Promise<KafkaAddress> {
    await admin.connect();
    const made = async () =>
      (await admin.listTopics()).includes(topic)
        ? refuseCompaction()
        : admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] });
    await untilAnswered(address, made);
    const offsets = await untilAnswered(address, () => admin.fetchTopicOffsets(topic));
    return { ...address, from: new Map(offsets.map(({ partition, high }) => [partition, BigInt(high)])) };
  }
}
