import type { KafkaAddress } from './address.ts';
import { topic, withinPatience } from './client.ts';
import { openCluster, type RawBroker } from './cluster.ts';
import { untilAnswered } from './retry.ts';

const retries = 10;
/** Outside of any generation: allowed as long as the group has no members. */
const nobody = { groupGenerationId: -1, memberId: '', retentionTime: -1 } as const;

/** The group has a member by now, who begins where the one before us said. */
const begunMeanwhile = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'REBALANCE_IN_PROGRESS'];

/**
 * Says where a group that has never read begins: at these offsets. They must have been read before this is called, and no record that the
 * group must see may lie before them. Rejects with `BusError`.
 */
export async function beginGroup(address: KafkaAddress, group: string, from: ReadonlyMap<number, bigint>): Promise<void> {
  const begin = async (coordinator: RawBroker): Promise<void> => {
    const missing = await unknownOffsets(coordinator, group, [...from.keys()]);
    const partitions = missing.map((partition) => ({ partition, offset: String(from.get(partition)), metadata: '' }));
    if (partitions.length > 0) await coordinator.offsetCommit({ groupId: group, ...nobody, topics: [{ topic, partitions }] });
  };
  await withinPatience(
    address,
    withCoordinator(address, group, (coordinator) => untilAnswered(address, () => begin(coordinator), begunMeanwhile)),
  );
}

/** Makes the group do without a member that is known to be dead, sooner than its session would end. Failing to is no harm. */
export async function expelMember(address: KafkaAddress, group: string, memberId: string): Promise<void> {
  await withinPatience(
    address,
    withCoordinator(address, group, (coordinator) => coordinator.leaveGroup({ groupId: group, memberId })),
  ).catch(() => {});
}

async function withCoordinator<T>(address: KafkaAddress, group: string, work: (coordinator: RawBroker) => Promise<T>): Promise<T> {
  const cluster = await openCluster(address, retries);
  try {
    return await work(await untilAnswered(address, () => cluster.findGroupCoordinator({ groupId: group })));
  } finally {
    void cluster.disconnect().catch(() => {});
  }
}

async function unknownOffsets(coordinator: RawBroker, group: string, partitions: readonly number[]): Promise<number[]> {
  const { responses } = await coordinator.offsetFetch({
    groupId: group,
    topics: [{ topic, partitions: partitions.map((partition) => ({ partition })) }],
  });
  return responses
    .flatMap((r) => r.partitions)
    .filter(({ offset }) => BigInt(offset) < 0n)
    .map(({ partition }) => partition);
}
