import { Agent } from 'node:http';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { registryPasswordVariable } from '../../bus/kafka/address.ts';
import { dialObserver } from '../../clients/observer.ts';
import { DecimalType, longType } from './avro-numbers.ts';
import { exactJson } from './exact-json.ts';

/** The port on the host that stands for each port of the spec. */
export type Leases = Readonly<Record<string, number>>;

const local = new Set(['localhost', '127.0.0.1', '[::1]']);
/** A registry that is away must not hold up the messages for long. */
const retry = { retries: 2, initialRetryTimeInSecs: 0.05, maxRetryTimeInSecs: 0.2 };

/**
 * Decodes Avro in a schema registry's wire format (a zero byte, four bytes of schema id, the value) to JSON text. Rejects with a sentence.
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
  const client = new SchemaRegistry({ host, retry, ...auth, ...(agent === undefined ? {} : { agent }) }, {
    [SchemaType.AVRO]: { registry: { long: longType }, logicalTypes: { decimal: DecimalType } },
  });
  return async (value) => {
    if (value.length < 5 || value[0] !== 0) throw new Error('the value is not in the wire format of a schema registry: it does not begin with a zero byte and a schema id');
    try {
      return exactJson(await client.decode(value));
    } catch (error) {
      const { message, unauthorized } = error as Error & { readonly unauthorized?: boolean };
      const why = unauthorized === true ? refusedLogin(user) : message;
      throw new Error(`the value cannot be decoded by schema ${value.readInt32BE(1)} of ${url.host}: ${why}`, { cause: error });
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
