import { connectRedis, type RedisConnection } from '../../clients/redis.ts';
import { asText, onceStarted, type Target } from './target.ts';

/** A Redis command. Nil is nothing; arrays are JSON. A connection that broke is made anew for the next sample. */
export function redisTarget(words: readonly string[], port: number): Target {
  let connection: RedisConnection | null = null;
  return {
    sample: onceStarted(
      async (timeout_ms) => {
        try {
          connection ??= await connectRedis(port, timeout_ms, 'observer');
          const reply = await connection.command(words, timeout_ms);
          return { value: asText(reply), exists: reply !== null };
        } catch (error) {
          if ((error as Error).name !== 'ReplyError') {
            connection?.close();
            connection = null;
          }
          throw error;
        }
      },
      ({ message }) => message.startsWith('LOADING'),
    ),
    close: () => connection?.close(),
  };
}
