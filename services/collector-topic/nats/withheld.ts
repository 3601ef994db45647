import type { NatsConnection } from 'nats';
import type { NatsLogin } from '../../clients/nats-login.ts';

/** What a server keeps from a subscription without a word: messages on subjects that the user's permissions deny inside of a wildcard. */
export interface Withheld {
  /** Subjects of which it is known. */
  readonly subjects: readonly string[];
  /** Why more may be kept back; empty where that is known. */
  readonly doubt: string;
}

interface UserInfo {
  readonly data?: { readonly permissions?: { readonly subscribe?: { readonly deny?: readonly string[] } } };
}

const nothing: Withheld = { subjects: [], doubt: '' };
const request_ms = 500;
/** The version of a server that first tells a user its permissions (https://docs.nats.io/running-a-nats-service/configuration/sys_accounts). */
const [tellsMajor, tellsMinor] = [2, 10];

/** What is kept back of a subject; one without wildcards is refused as a whole, if it is. Only users have permissions, tokens have none. */
export async function withheldOf(connection: NatsConnection, login: NatsLogin | null, subject: string): Promise<Withheld> {
  if (!/[*>]/.test(subject)) return nothing;
  const denied = tellsPermissions(connection.info?.version ?? '') ? await deniedBy(connection).catch(() => null) : null;
  if (denied !== null) return { subjects: denied.filter((pattern) => overlap(pattern.split('.'), subject.split('.'))), doubt: '' };
  if (login?.kind !== 'user') return nothing;
  return {
    subjects: [],
    doubt: `what permissions may deny "${login.user}" inside of ${subject} is not seen, and the server does not tell them`,
  };
}

function tellsPermissions(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > tellsMajor || (major === tellsMajor && minor >= tellsMinor);
}

async function deniedBy(connection: NatsConnection): Promise<readonly string[]> {
  const answer = await connection.request('$SYS.REQ.USER.INFO', '', { timeout: request_ms });
  const { data } = answer.json<UserInfo>();
  if (data === undefined) throw new Error('no information about the user');
  return (data.permissions?.subscribe?.deny ?? []).map((entry) => entry.split(' ', 1)[0]!);
}

/** Whether there is a subject that both patterns stand for. */
export function overlap([a, ...restA]: readonly string[], [b, ...restB]: readonly string[]): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a === '>' || b === '>') return true;
  return (a === b || a === '*' || b === '*') && overlap(restA, restB);
}
