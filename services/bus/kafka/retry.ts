import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaAddress } from './address.ts';

const retry_ms = 50;

/** Asks again while the answer is one that passes: a partition without a leader yet, a coordinator that still loads. `also`: further such answers. */
export async function untilAnswered<T>({ patience_ms }: KafkaAddress, ask: () => Promise<T>, also: readonly string[] = []): Promise<T> {
  const until_ms = performance.now() + patience_ms;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      // kafkajs wraps what it gave up on.
      const { retriable = false, type = '' } = ((error as Error).cause ?? error) as { retriable?: boolean; type?: string };
      if ((!retriable && !also.includes(type)) || performance.now() > until_ms) throw error;
      await pause(retry_ms);
    }
  }
}
