import type { Redis } from 'ioredis';
import { Refused } from './refused.ts';

/** How to log in to a Redis server; `user` null: as its default user. */
export interface RedisLogin {
  readonly user: string | null;
  readonly password: string;
}

/** What a server says that asks for no login: of version 6 and later, and of those before. */
const asksForNone = /without any password configured|no password is set/;
/** What one before version 6 says to a login with a user. */
const knowsNoUsers = /wrong number of arguments/;
const refuses = /WRONGPASS|invalid password/;

/**
 * Logs a connection in; a server that asks for no login is used without. Not by the client's own options: it would write warnings to
 * stderr. Rejects with `Refused` or what else the server said, never with the command, which holds the password.
 */
export async function logInToRedis(redis: Redis, { user, password }: RedisLogin): Promise<void> {
  try {
    await redis.call('AUTH', user === null ? [password] : [user, password]);
  } catch (error) {
    const { message } = error as Error;
    if (asksForNone.test(message)) return;
    if (knowsNoUsers.test(message))
      throw new Refused("the server is older than Redis 6 and has no users: leave REDIS_USERNAME out of the service's env");
    if (!refuses.test(message)) throw new Error(message);
    const variables = user === null ? 'REDIS_PASSWORD' : 'REDIS_USERNAME and REDIS_PASSWORD';
    throw new Refused(
      `the server refuses the login of ${user === null ? 'its default user' : `"${user}"`}: set ${variables} in the service's env to what it takes`,
    );
  }
}

/** What the server says to a command, as a refusal where it is one. */
export function redisFailure(error: Error, login: RedisLogin | null): Error {
  const { message } = error;
  if (message.startsWith('NOAUTH'))
    return new Refused(
      `the server asks for a login (NOAUTH): set REDIS_PASSWORD in the service's env, with REDIS_USERNAME for a user of its ACL`,
    );
  if (message.startsWith('NOPERM'))
    return new Refused(`${message}: give "${login?.user ?? 'default'}" the permission with ACL SETUSER, or log in as another user`);
  return error;
}
