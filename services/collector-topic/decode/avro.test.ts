import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import avsc from 'avsc';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePortPair } from '../../../infra/kafka/ports.ts';
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

const schema = {
  type: 'record', name: 'Order', fields: [
    { name: 'id', type: 'long' }, { name: 'item', type: ['null', 'string'] }, { name: 'tags', type: { type: 'map', values: 'int' } },
    { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 2 } }, { name: 'blob', type: 'bytes' },
  ],
} as const;

test('Avro by the schema that the registry has, at the leased port of the registry; numbers keep their digits', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}${registryPath}/subjects/orders-value/versions`, {
    method: 'POST', headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' }, body: JSON.stringify({ schema: JSON.stringify(schema) }),
  });
  const { id } = await answer.json() as { id: number };
  const head = Buffer.from([0, 0, 0, 0, 0]);
  head.writeInt32BE(id, 1);
  const plain = avsc.Type.forSchema(schema as unknown as avsc.Schema, { registry: { long: longType } });
  const value = Buffer.concat([head, plain.toBuffer({ id: 9007199254740993n, item: 'widget', tags: { a: 1 }, total: Buffer.from([0xff, 0x85]), blob: Buffer.from([1, 2]) })]);
  const decode = payloadDecoder({ kind: 'avro', registry: `http://localhost:8081${registryPath}` }, { 8081: port });
  expect(await decode(value)).toBe('{"id":9007199254740993,"item":"widget","tags":{"a":1},"total":-1.23,"blob":"AQI="}');
  expect(JSON.parse(await decode(value.subarray(0, 7)))).toMatchObject({ raw_base64: expect.any(String), decode_error: expect.stringContaining(`schema ${id}`) });
});
