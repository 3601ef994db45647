import { Agent } from 'node:http';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { registryPasswordVariable } from '../../bus/kafka/address.ts';
import { dialObserver } from '../../clients/observer.ts';
import { DecimalType, longType } from './avro-numbers.ts';
import { exactJson } from './exact-json.ts';

/** The port on the host that stands for each port of the spec. */
export type Leases = Readonly<Record<string, number>>;

const local = new Set(['localhost', '127.0.0.1', '[::1]']);
const unauthorized = 401;
/** A registry that is away must not hold up the messages for long. */
const retry = { retries: 2, initialRetryTimeInSecs: 0.05, maxRetryTimeInSecs: 0.2 };

/** The registry did not give the schema of a value, which may hold anything then. */
export class NoSchema extends Error {
  override name = 'NoSchema';
}

/**
 * Decodes Avro in a schema registry's wire format (a zero byte, four bytes of schema id, the value) to JSON text. Rejects with a sentence,
 * in a `NoSchema` where the registry is to blame.
 * A registry among the services of the spec is dialled at its leased port. The user of a registry that asks for a login stands in its
 * address, the password in the environment.
 */
export function avro(registry: string, leases: Leases): (value: Buffer) => Promise<string> {
  const url = new URL(registry);
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const agent = local.has(url.hostname) && url.protocol === 'http:' ? observingAgent(leases[port] ?? port) : undefined;
  const user = decodeURIComponent(url.username);
  const auth = user === '' ? {} : { auth: { username: user, password: process.env[registryPasswordVariable] ?? '' } };
  const host = `${url.origin}${url.pathname.replace(/\/$/, '')}`;
  const client = new SchemaRegistry(
    { host, retry, ...auth, ...(agent === undefined ? {} : { agent }) },
    {
      [SchemaType.AVRO]: { registry: { long: longType }, logicalTypes: { decimal: DecimalType } },
    },
  );
  return async (value) => {
    if (value.length < 5 || value[0] !== 0)
      throw new Error('the value is not in the wire format of a schema registry: it does not begin with a zero byte and a schema id');
    try {
      return exactJson(await client.decode(value));
    } catch (error) {
      const { message, status } = error as Error & { readonly status?: number };
      const why = status === unauthorized ? refusedLogin(user) : message;
      const Failure = status === undefined ? Error : NoSchema;
      throw new Failure(`the value cannot be decoded by schema ${value.readInt32BE(1)} of ${url.host}: ${why}`, { cause: error });
    }
  };
}

function refusedLogin(user: string): string {
  if (user === '') return `the registry asks for a login: write its user as http://user@host, the password in ${registryPasswordVariable}`;
  return `the registry refused the login of "${user}": its password is read from ${registryPasswordVariable}`;
}

function observingAgent(port: number): Agent {
  return Object.assign(new Agent({ keepAlive: false }), { createConnection: () => dialObserver(port) });
}
