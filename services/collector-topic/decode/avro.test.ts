import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avsc from 'avsc';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { freePortPair } from '../../../infra/kafka/ports.ts';
import { ShieldedRegistry } from '../../../infra/kafka/registry-front.ts';
import { registryPath, startRegistry } from '../../../infra/kafka/registry.ts';
import type { LocalServer } from '../../../infra/kafka/server.ts';
import { longType } from './avro-numbers.ts';
import { payloadDecoder } from './payload.ts';

const dir = mkdtempSync(join(tmpdir(), 'faultbox-registry-'));
let registry: LocalServer;
let port: number;
beforeAll(async () => {
  port = await freePortPair();
  registry = await startRegistry(dir, port);
});
afterAll(async () => {
  await registry.stop();
  rmSync(dir, { recursive: true });
});

afterEach(() => vi.unstubAllEnvs());

const schema = {
  type: 'record',
  name: 'Order',
  fields: [
    { name: 'id', type: 'long' },
    { name: 'item', type: ['null', 'string'] },
    { name: 'tags', type: { type: 'map', values: 'int' } },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 2 } },
    { name: 'blob', type: 'bytes' },
  ],
} as const;

/** Registers the schema; `head` is what stands before each of its values. */
async function registered(): Promise<{ id: number; head: Buffer }> {
  const answer = await fetch(`http://127.0.0.1:${port}${registryPath}/subjects/orders-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  const { id } = (await answer.json()) as { id: number };
  const head = Buffer.from([0, 0, 0, 0, 0]);
  head.writeInt32BE(id, 1);
  return { id, head };
}

test('Avro by the schema that the registry has, at the leased port of the registry; numbers keep their digits', async () => {
  const { id, head } = await registered();
  const plain = avsc.Type.forSchema(schema as unknown as avsc.Schema, { registry: { long: longType } });
  const value = Buffer.concat([
    head,
    plain.toBuffer({ id: 9007199254740993n, item: 'widget', tags: { a: 1 }, total: Buffer.from([0xff, 0x85]), blob: Buffer.from([1, 2]) }),
  ]);
  const doubts: string[] = [];
  const decode = payloadDecoder({ kind: 'avro', registry: `http://localhost:8081${registryPath}` }, { 8081: port }, (reason) =>
    doubts.push(reason),
  );
  expect(await decode(value)).toBe('{"id":9007199254740993,"item":"widget","tags":{"a":1},"total":-1.23,"blob":"AQI="}');
  expect(JSON.parse(await decode(value.subarray(0, 7)))).toMatchObject({
    raw_base64: expect.any(String),
    decode_error: expect.stringContaining(`schema ${id}`),
  });
  expect(doubts).toEqual([]);
});

test.each([
  ['is away', () => 'http://127.0.0.1:1', 'ECONNREFUSED'],
  ['has no such schema', () => `http://127.0.0.1:${port}${registryPath}`, 'was found'],
  ['is somewhere else', () => `http://127.0.0.1:${port}/nowhere`, 'Could not find resource'],
])('where the registry %s, a value may hold anything: that is said beside its error', async (_, address, why) => {
  const doubts: string[] = [];
  const decode = payloadDecoder({ kind: 'avro', registry: address() }, {}, (reason) => doubts.push(reason));
  const { decode_error } = JSON.parse(await decode(Buffer.from([0, 0, 0, 0x7f, 0, 2]))) as { decode_error: string };
  expect(decode_error).toContain(why);
  expect(doubts).toEqual([decode_error]);
});

test('a registry that asks for a login: the user stands in its address, the password in the environment', async () => {
  const shield = await ShieldedRegistry.start(`http://127.0.0.1:${port}`, { user: 'clerk', password: 'pass:w0rd', server: null });
  try {
    const { head } = await registered();
    const value = Buffer.concat([
      head,
      avsc.Type.forSchema(schema as unknown as avsc.Schema).toBuffer({
        id: 1,
        item: null,
        tags: {},
        total: Buffer.from([1]),
        blob: Buffer.from([]),
      }),
    ]);
    const decodeAs = (user: string) =>
      payloadDecoder({ kind: 'avro', registry: `http://${user}localhost:${shield.port}${registryPath}` }, {}, () => {})(value);
    vi.stubEnv('FAULTBOX_REGISTRY_PASSWORD', 'pass:w0rd');
    expect(await decodeAs('clerk@')).toBe('{"id":1,"item":null,"tags":{},"total":0.01,"blob":""}');
    expect(JSON.parse(await decodeAs(''))).toMatchObject({
      decode_error: expect.stringContaining('asks for a login: write its user as http://user@host'),
    });
    vi.stubEnv('FAULTBOX_REGISTRY_PASSWORD', 'wrong-7731');
    const refused = await decodeAs('clerk@');
    expect(JSON.parse(refused)).toMatchObject({
      decode_error: expect.stringContaining('refused the login of "clerk": its password is read from FAULTBOX_REGISTRY_PASSWORD'),
    });
    expect(refused).not.toContain('wrong-7731');
  } finally {
    await shield.end();
  }
});
