import { createHash } from 'node:crypto';
import type { PartitionAssigner } from 'kafkajs';

const name = 'faultbox-rendezvous';
const version = 1;
const userData = Buffer.alloc(0);

/**
 * Who of the members reads a partition: the one whose hash with it is the highest. When members come and go, only partitions that they
 * gain or leave change hands: tests in flight elsewhere stay where they are (Thaler and Ravishankar, "Using name-based mappings to increase
 * hit rates", 1998).
 */
export function readerOf(members: readonly string[], topic: string, partition: number): string {
  const weight = (member: string) => createHash('sha256').update(`${member}\0${topic}\0${partition}`).digest('hex');
  return members.reduce((best, member) => (weight(member) > weight(best) ? member : best));
}

/** `readerOf` as kafkajs's group leader asks for it. `protocol`: kafkajs's encoders, which are loaded only where a bus is a Kafka. */
export function rendezvousAssigner({ MemberMetadata, MemberAssignment }: typeof import('kafkajs').AssignerProtocol): PartitionAssigner {
  return ({ cluster }) => ({
    name,
    version,
    assign: ({ members, topics }) => {
      const ids = members.map((m) => m.memberId);
      const all = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => ({ topic, partitionId, reader: readerOf(ids, topic, partitionId) })),
      );
      const assignmentOf = (id: string) =>
        Object.fromEntries(
          topics.map((topic) => [topic, all.filter((p) => p.topic === topic && p.reader === id).map((p) => p.partitionId)]),
        );
      return Promise.resolve(
        ids.map((memberId) => ({
          memberId,
          memberAssignment: MemberAssignment.encode({ version, assignment: assignmentOf(memberId), userData }),
        })),
      );
    },
    protocol: ({ topics }) => ({ name, metadata: MemberMetadata.encode({ version, topics, userData }) }),
  });
}
