import type { RedisLogin } from '../../../services/clients/redis-login.ts';
import { connectRedis } from '../../../services/clients/redis.ts';
import { clientStep } from './client-step.ts';
import type { DataResponse, OnSend, StepResult, StepTarget } from './step.ts';

/** One Redis command; the data is its reply. */
export function redisStep(
  { port, timeout_ms }: StepTarget,
  login: RedisLogin | null,
  words: readonly string[],
  onSend: OnSend,
): Promise<StepResult<DataResponse>> {
  const connect = () => connectRedis({ port, login }, timeout_ms, 'step');
  return clientStep(connect, async (redis) => JSON.stringify(await redis.command(words, timeout_ms)), onSend);
}
