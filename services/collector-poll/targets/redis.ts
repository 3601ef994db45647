import { connectRedis, type RedisAddress } from '../../clients/redis.ts';
import { asText, serverTarget, type Target } from './target.ts';

/** A Redis command. Nil is nothing; arrays are JSON. */
export function redisTarget(words: readonly string[], address: RedisAddress): Target {
  return serverTarget({
    connect: (timeout_ms) => connectRedis(address, timeout_ms, 'observer'),
    ask: async (connection, timeout_ms) => {
      const reply = await connection.command(words, timeout_ms);
      return { value: asText(reply), exists: reply !== null };
    },
    answers: ({ name }) => name === 'ReplyError',
    starting: ({ message }) => message.startsWith('LOADING'),
  });
}
