import { mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
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

/** Runs `use` with something in front of the registry: what it answers by itself, or null where it passes the request on. */
async function withFront(answer: (asked: IncomingMessage) => [status: number, body: string] | null, use: (url: string) => Promise<void>) {
  const front = createServer((asked, response) => {
    const own = answer(asked);
    if (own !== null) return void asked.resume().on('end', () => response.writeHead(own[0]).end(own[1]));
    const onward = request(`${new URL(plain).origin}${asked.url}`, { method: asked.method, headers: asked.headers }, (got) => {
      response.writeHead(got.statusCode!, got.headers);
      got.pipe(response);
    });
    asked.pipe(onward);
  });
  await once(front.listen(0, '127.0.0.1'), 'listening');
  try {
    await use(`http://127.0.0.1:${(front.address() as AddressInfo).port}${registryPath}`);
  } finally {
    front.closeAllConnections();
    front.close();
  }
}

test('a registry in which nothing may be written gives the id of what is there, and says what it refuses', async () => {
  const id = await named(plain).idOf('topic');
  const readOnly = ({ method, url }: IncomingMessage): [number, string] | null =>
    method === 'PUT' || url!.endsWith('/versions') ? [422, '{"error_code":42205,"message":"Subject is in read-only mode."}'] : null;
  await withFront(readOnly, async (url) => {
    expect(await named(url).idOf('topic')).toBe(id);
    await expect(named(url).idOf('wal')).rejects.toMatchObject({
      code: 'E_BUS_REFUSED',
      message: expect.stringMatching(/has refused the schema of "wal": Subject is in read-only mode \(422\)/),
    });
  });
});

test.each(['null', '[]', '"x"', '<html>', ''])('what answers %j with status 200 is no registry', async (body) => {
  await withFront(
    () => [200, body],
    async (url) => {
      const refused = { code: 'E_BUS_REFUSED', message: expect.stringMatching(/is no schema registry|has refused/) };
      await expect(named(url).idOf('stdout')).rejects.toMatchObject(refused);
      await expect(named(url).roomOf(1)).rejects.toMatchObject(refused);
    },
  );
});
