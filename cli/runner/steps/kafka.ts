import type { KafkaLogin } from '../../../services/clients/kafka/login.ts';
import { connectProducer, type Publication } from '../../../services/clients/kafka/producer.ts';
import { within } from '../../../services/collector/within.ts';
import { clientStep } from './client-step.ts';
import type { DataResponse, OnSend, StepResult, StepTarget } from './step.ts';

/** Publishes one message; the data says where it stands. `leases`: the port of the host for each of the spec's. */
export function kafkaStep(
  { specPort, timeout_ms }: StepTarget,
  leases: ReadonlyMap<number, number>,
  login: KafkaLogin | null,
  publication: Publication,
  onSend: OnSend,
): Promise<StepResult<DataResponse>> {
  const address = { port: specPort, leases: Object.fromEntries(leases), login };
  const late = `no answer within ${timeout_ms} ms`;
  const deadline_ms = performance.now() + timeout_ms;
  const connect = () => within(connectProducer(address, publication, timeout_ms), deadline_ms, late);
  return clientStep(connect, async (producer) => JSON.stringify(await within(producer.publish(timeout_ms), deadline_ms, late)), onSend);
}
