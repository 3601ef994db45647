import { connectRedis } from '../../../services/clients/redis.ts';
import { clientStep } from './client-step.ts';
import type { DataResponse, OnSend, StepResult, StepTarget } from './step.ts';

/** One Redis command; the data is its reply. */
export function redisStep({ port, timeout_ms }: StepTarget, words: readonly string[], onSend: OnSend): Promise<StepResult<DataResponse>> {
  const connect = () => connectRedis(port, timeout_ms, 'step');
  return clientStep(connect, async (redis) => JSON.stringify(await redis.command(words, timeout_ms)), onSend);
}
