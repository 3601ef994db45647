import { monotonicNs } from '../../../services/collector/clock.ts';
import type { DataResponse, OnSend, StepResult } from './step.ts';

/** A connection as a step needs it. */
export interface StepConnection {
  readonly local: string;
  readonly remote: string;
  close(): void | Promise<void>;
}

/**
 * A step through a client of its protocol: a connection of its own, one request, its answer, which `ask` gives as JSON text. An error is
 * an answer too.
 */
export async function clientStep<C extends StepConnection>(
  connect: () => Promise<C>,
  ask: (connection: C) => Promise<string>,
  onSend: OnSend,
): Promise<StepResult<DataResponse>> {
  const began_ns = monotonicNs();
  let connection: C | null = null;
  const ended = (response: DataResponse): StepResult<DataResponse> => {
    const at_ns = monotonicNs();
    return { response, local: connection?.local ?? '', remote: connection?.remote ?? '', at_ns, duration_ns: at_ns - began_ns };
  };
  try {
    connection = await connect();
    onSend(connection.local, connection.remote, began_ns);
    return ended({ data: await ask(connection), error: '' });
  } catch (error) {
    if (!connection) onSend('', '', began_ns);
    return ended({ data: 'null', error: (error as Error).message });
  } finally {
    await connection?.close();
  }
}
