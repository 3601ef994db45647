import type { Admin } from 'kafkajs';

const topic = 'faultbox.events';

/** Removes what is on the bus, read or not, as a retention that is too short does. */
export async function emptyTopic(admin: Admin): Promise<void> {
  const full = (await admin.fetchTopicOffsets(topic)).filter(({ low, high }) => low !== high);
  await admin.deleteTopicRecords({ topic, partitions: full.map(({ partition, high }) => ({ partition, offset: high })) });
}
