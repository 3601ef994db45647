import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { makeCertificates, type Certificates } from '../../../infra/kafka/certificates.ts';
import { freePortPair } from '../../../infra/kafka/ports.ts';
import { ShieldedRegistry } from '../../../infra/kafka/registry-front.ts';
import { registryPath, startRegistry } from '../../../infra/kafka/registry.ts';
import type { LocalServer } from '../../../infra/kafka/server.ts';
import { parseKafkaAddress } from './address.ts';
import { Registry } from './registry.ts';

const dir = mkdtempSync(join(tmpdir(), 'faultbox-registry-'));
let certificates: Certificates;
let registry: LocalServer;
let plain: string;
let http: ShieldedRegistry;
let https: ShieldedRegistry;
beforeAll(async () => {
  certificates = makeCertificates(join(dir, 'certificates'));
  const port = await freePortPair();
  registry = await startRegistry(join(dir, 'registry'), port);
  plain = `http://127.0.0.1:${port}${registryPath}`;
  const login = { user: 'clerk', password: 'pass:w0rd' };
  http = await ShieldedRegistry.start(plain, { ...login, server: null });
  https = await ShieldedRegistry.start(plain, { ...login, server: certificates.server });
});
afterAll(async () => {
  await Promise.all([http.end(), https.end(), registry.stop()]);
  rmSync(dir, { recursive: true });
});
afterEach(() => vi.unstubAllEnvs());

/** A registry as an address names it: <http>, <https> are the ports of the shielded ones. */
function named(url: string, more = ''): Registry {
  const full = url.replace('<http>', `127.0.0.1:${http.port}${registryPath}`).replace('<https>', `127.0.0.1:${https.port}${registryPath}`);
  return new Registry(
    parseKafkaAddress(`kafka://127.0.0.1:1?registry=${encodeURIComponent(full)}${more.replace('<ca>', certificates.ca)}`),
  );
}

test.each([
  ['http://clerk@<http>', ''],
  ['https://clerk@<https>', '&ca=<ca>'],
])('logs in at %s', async (url, more) => {
  vi.stubEnv('FAULTBOX_REGISTRY_PASSWORD', 'pass:w0rd');
  const writing = named(url, more);
  const id = await writing.idOf('stdout');
  expect(await named(url, more).roomOf(id)).toBe('stdout');
});

test.each([
  ['http://clerk@<http>', '', /refused the login of "clerk": its password is read from FAULTBOX_REGISTRY_PASSWORD \(401\)/],
  [
    'http://<http>',
    '',
    /asks for a login: write its user as registry=http:\/\/user@host, the password in FAULTBOX_REGISTRY_PASSWORD \(401\)/,
  ],
  [
    'https://clerk@<https>',
    '',
    /^The certificate of the schema registry at https:.* is signed by an authority that is not known here .*ca=/,
  ],
  ['https://clerk@<http>', '&ca=<ca>', /does not speak TLS/],
  ['http://clerk@<https>', '', /If it speaks TLS, its address begins with https:\/\//],
])('%s with %s is refused in a sentence', async (url, more, sentence) => {
  vi.stubEnv('FAULTBOX_REGISTRY_PASSWORD', 'wrong-7731');
  const error = await named(url, more)
    .idOf('stdout')
    .then(
      () => null,
      (e: unknown) => e as Error,
    );
  expect(error).toMatchObject({ name: 'BusError', message: expect.stringMatching(sentence) });
  expect(error!.message).not.toMatch(/wrong-7731|\n/);
});

test('a path that is no registry is said to be none', async () => {
  const address = parseKafkaAddress(`kafka://127.0.0.1:1?registry=${plain.replace(registryPath, '/nothing/here')}`);
  await expect(new Registry(address).idOf('stdout')).rejects.toMatchObject({ message: expect.stringMatching(/is no schema registry/) });
});

test('a schema that older readers could not read is refused by the registry, and the sentence says so', async () => {
  const subject = 'faultbox.events-poll';
  const foreign = JSON.stringify({
    type: 'record',
    name: 'PollBlock',
    namespace: 'faultbox',
    fields: [{ name: 'records', type: 'string' }],
  });
  const tell = (method: string, path: string, body: object) =>
    fetch(`${plain}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  expect((await tell('PUT', `/config/${subject}`, { compatibility: 'BACKWARD' })).status).toBe(200);
  expect((await tell('POST', `/subjects/${subject}/versions`, { schema: foreign })).status).toBe(200);
  const address = parseKafkaAddress(`kafka://127.0.0.1:1?registry=${plain}`);
  await expect(new Registry(address).idOf('poll')).rejects.toMatchObject({
    code: 'E_BUS_REFUSED',
    message: expect.stringMatching(/is incompatible with subject faultbox\.events-poll of http.*Another version has written there/),
  });
});
