import { connectNats } from '../../../services/clients/nats.ts';
import { within } from '../../../services/collector/within.ts';
import { clientStep } from './client-step.ts';
import type { DataResponse, OnSend, StepResult, StepTarget } from './step.ts';

/** `publish`: sends a message, acknowledged by the server; no data. `request`: the data is the reply, decoded where it is JSON. */
export function natsStep({ port, timeout_ms }: StepTarget, method: string, { subject, value }: { readonly subject: string; readonly value: string }, onSend: OnSend): Promise<StepResult<DataResponse>> {
  return clientStep(() => connectNats(port, timeout_ms, 'step'), async ({ connection }) => {
    if (method === 'request') return decoded((await connection.request(subject, value, { timeout: timeout_ms })).string());
    connection.publish(subject, value);
    await within(connection.flush(), performance.now() + timeout_ms, `no answer within ${timeout_ms} ms`);
    return null;
  }, onSend);
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
