import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { BusError } from '../bus.ts';
import { registryPasswordVariable, type KafkaAddress } from './address.ts';
import { tlsRefusal } from './tls-refusal.ts';
import { certificatesIn } from './tls.ts';

const contentType = 'application/vnd.schemaregistry.v1+json';

/** What a registry answers: `body` is the object of its JSON. */
export interface RegistryAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Asks the schema registry at one of its routes. Rejects with `BusError` where it does not answer, wants another login, or is none. */
export async function askRegistry(
  address: KafkaAddress,
  method: 'GET' | 'PUT' | 'POST',
  route: string,
  content?: object,
): Promise<RegistryAnswer> {
  const [status, body] = await exchange(address, method, route, content).catch((error: unknown) => {
    throw unanswered(address, error as Error);
  });
  if (status === 401 || status === 403) throw refusedLogin(address, status);
  const answer = objectIn(body);
  if (answer === null) throw noRegistry(address, status);
  return { status, body: answer };
}

/** What answers at a registry's address, and is none. */
export function noRegistry({ registry }: KafkaAddress, status: number): BusError {
  const path = 'The path belongs to the address, such as http://host:8081/apis/ccompat/v7.';
  return new BusError('E_BUS_REFUSED', registry, `What answers at ${registry} is no schema registry (${status}). ${path}`);
}

/** The object that a JSON text is; null when it is none. */
function objectIn(text: string): RegistryAnswer['body'] | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as RegistryAnswer['body']) : null;
  } catch {
    return null;
  }
}

async function exchange(address: KafkaAddress, method: string, route: string, content?: object): Promise<[status: number, body: string]> {
  const { registry, registryUser, ca, patience_ms } = address;
  const headers = { 'content-type': contentType, accept: `${contentType}, application/json` };
  const auth = registryUser === '' ? {} : { auth: `${registryUser}:${process.env[registryPasswordVariable] ?? ''}` };
  const options = { method, headers, ...auth, signal: AbortSignal.timeout(patience_ms) };
  const url = new URL(`${registry}${route}`);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const trusted = ca === null ? {} : { ca: certificatesIn('ca', ca) };
  const request = url.protocol === 'http:' ? requestHttp(url, options) : requestHttps(url, { ...options, ...trusted });
  request
    .once('response', resolve)
    .on('error', reject)
    .end(content && JSON.stringify(content));
  const answer = await promise;
  return [answer.statusCode!, await text(answer)];
}

function unanswered({ registry, patience_ms }: KafkaAddress, error: Error & { code?: string }): BusError {
  if (error instanceof BusError) return error;
  const refusal = tlsRefusal(error, { name: `the schema registry at ${registry}`, setting: 'registry=', weHaveCertificate: false });
  if (refusal !== null) return new BusError('E_BUS_REFUSED', registry, refusal);
  const late = error.name === 'TimeoutError' || error.name === 'AbortError';
  const how = late ? `no answer within ${patience_ms / 1000} s` : error.message || String(error.code);
  const https =
    registry.startsWith('http:') && /socket hang up|Parse Error/.test(how) ? ' If it speaks TLS, its address begins with https://.' : '';
  return new BusError('E_BUS_GONE', registry, `The schema registry at ${registry} does not answer (${how}).${https}`);
}

function refusedLogin({ registry, registryUser }: KafkaAddress, status: number): BusError {
  const anonymous = 'asks for a login: write its user as registry=http://user@host';
  const how = registryUser === '' ? `${anonymous}, the password in` : `refused the login of "${registryUser}": its password is read from`;
  return new BusError('E_BUS_REFUSED', registry, `The schema registry at ${registry} ${how} ${registryPasswordVariable} (${status}).`);
}
