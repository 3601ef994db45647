import { ChannelFailure } from '../collector/channel.ts';
import type { RedisLogin } from '../clients/redis-login.ts';
import { splitWords } from '../clients/words.ts';
import { postgresTarget } from './targets/postgres.ts';
import { programTarget } from './targets/program.ts';
import { redisTarget } from './targets/redis.ts';
import type { Target } from './targets/target.ts';

/** What the runner wants polled; ports are those of the spec. */
export interface PollPlan {
  readonly command: string;
  readonly interval_ms: number;
  readonly target:
    | { readonly protocol: 'redis'; readonly port: number; readonly login: RedisLogin | null }
    | { readonly protocol: 'postgres'; readonly port: number; readonly database: string; readonly user: string; readonly password: string }
    | { readonly protocol: 'program' };
}

/** Where the service's ports are on the host. */
export interface Ports {
  /** Port of the spec to port of the host. */
  readonly leases: Readonly<Record<string, number>>;
  /** Name of an interface to port of the host. */
  readonly interfaces: Readonly<Record<string, number>>;
}

/** Whom to ask for a plan. Throws `ChannelFailure` for a command that is none. */
export function targetOf({ command, target }: PollPlan, { leases, interfaces }: Ports): Target {
  if (target.protocol === 'postgres') return postgresTarget(command, { ...target, port: leases[target.port] ?? target.port });
  const words = splitWords(command);
  if (words === null || words.length === 0) {
    const why = words === null ? 'a quote is not closed, or bytes in it are no UTF-8' : 'it is empty';
    throw new ChannelFailure('E_POLL', `poll(command=${JSON.stringify(command)}): ${why}.`);
  }
  if (target.protocol === 'program') return programTarget(words, interfaces);
  return redisTarget(words, { port: leases[target.port] ?? target.port, login: target.login });
}
