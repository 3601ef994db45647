import { setImmediate as turn } from 'node:timers/promises';
import { ErrorCode, Events, type NatsConnection } from 'nats';
import { natsFailure, permissionSentence, type NatsLogin } from '../../../services/clients/nats-login.ts';
import { connectNats } from '../../../services/clients/nats.ts';
import { canonicalJson, NotJson } from '../../../services/collector/canonical-json.ts';
import { within } from '../../../services/collector/within.ts';
import { clientStep } from './client-step.ts';
import type { DataResponse, OnSend, StepResult, StepTarget } from './step.ts';

interface NatsCall {
  readonly subject: string;
  readonly value: string;
}

/** `publish`: sends a message, acknowledged by the server; no data. `request`: the data is the reply, decoded where it is JSON. */
export function natsStep(
  { port, timeout_ms }: StepTarget,
  login: NatsLogin | null,
  method: string,
  { subject, value }: NatsCall,
  onSend: OnSend,
): Promise<StepResult<DataResponse>> {
  return clientStep(
    () => connectNats({ port, login }, timeout_ms, 'step'),
    async ({ connection }) => {
      try {
        return await sent(connection, method, { subject, value }, { login, timeout_ms });
      } catch (error) {
        throw new Error(sentence(natsFailure(error as Error, login), connection, subject, timeout_ms), { cause: error });
      }
    },
    onSend,
  );
}

async function sent(
  connection: NatsConnection,
  method: string,
  { subject, value }: NatsCall,
  { login, timeout_ms }: { readonly login: NatsLogin | null; readonly timeout_ms: number },
): Promise<string> {
  if (method === 'request') {
    const replied = connection.request(subject, value, { timeout: timeout_ms });
    return jsonOf((await Promise.race([replied, broken(connection)])).string());
  }
  const refusals = refusalsOf(connection, login);
  connection.publish(subject, value);
  const flushed = Promise.race([connection.flush(), broken(connection)]);
  await within(flushed, performance.now() + timeout_ms, `no answer within ${timeout_ms} ms`);
  // The server refuses before it answers; the client tells of it a moment later.
  await turn();
  if (refusals.length > 0) throw new Error(refusals[0]);
  return 'null';
}

/** What the server refuses from now on. */
function refusalsOf(connection: NatsConnection, login: NatsLogin | null): readonly string[] {
  const refusals: string[] = [];
  void (async () => {
    for await (const { type, data, permissionContext: context } of connection.status())
      if (type === Events.Error)
        refusals.push(context ? permissionSentence(context, login) : `the server refused the message: ${String(data)}`);
  })();
  return refusals;
}

/** What the client says in codes. */
function sentence(error: Error, { info }: NatsConnection, subject: string, timeout_ms: number): string {
  switch ((error as { code?: string }).code) {
    case ErrorCode.NoResponders:
      return `nobody answers requests on ${subject}: it has no responders`;
    case ErrorCode.Timeout:
      return `no answer within ${timeout_ms} ms`;
    case ErrorCode.MaxPayloadExceeded:
      return `the message is larger than the ${info?.max_payload ?? '?'} bytes that the server takes`;
    default:
      return error.message;
  }
}

/** Rejects when the connection ends: what waits for an answer on it is told nothing by the client. */
async function broken(connection: NatsConnection): Promise<never> {
  throw (await connection.closed()) ?? new Error('the connection was closed');
}

/** A reply as JSON text; its numbers keep their digits. */
function jsonOf(reply: string): string {
  try {
    return canonicalJson(reply);
  } catch (error) {
    if (error instanceof NotJson) return JSON.stringify(reply);
    throw error;
  }
}
