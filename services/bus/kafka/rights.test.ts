import kafkajs, { type AclEntry, type Admin } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { adminOf } from '../../../infra/kafka/admin.ts';
import { LocalKafka } from '../../../infra/kafka/local-kafka.ts';
import { busLocation } from '../location.ts';
import { openBusWriter, openRunReader, openSharedReader, prepareBus } from '../open.ts';
import { blockOf, line, readAll } from '../testing/lines.ts';
import { topic } from './client.ts';

/** A cluster with access control: who does not log in may do everything, our user what a test lets it. */
const settings = [
  'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users=User:ANONYMOUS',
  'allow.everyone.if.no.acl.found=false',
];
const { AclResourceTypes, AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs;
type Right = readonly [keyof typeof AclOperationTypes, 'TOPIC' | 'GROUP' | 'CLUSTER', string];

const documented: readonly Right[] = [
  ['READ', 'TOPIC', topic],
  ['WRITE', 'TOPIC', topic],
  ['CREATE', 'TOPIC', topic],
  ['READ', 'GROUP', 'faultbox.'],
];

let kafka: LocalKafka;
let admin: Admin;
beforeAll(async () => {
  kafka = await LocalKafka.start({ settings });
  admin = await adminOf(kafka);
});
afterAll(async () => {
  await admin.disconnect();
  await kafka.end();
});
beforeEach(() => {
  vi.stubEnv('FAULTBOX_BUS_PASSWORD', kafka.busWithLogin.password);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await admin.deleteAcls({
    filters: [
      {
        resourceType: AclResourceTypes.ANY,
        resourcePatternType: ResourcePatternTypes.ANY,
        operation: AclOperationTypes.ANY,
        permissionType: AclPermissionTypes.ANY,
      },
    ],
  });
});

const bus = () => busLocation(`${kafka.busWithLogin.bus}&patience_ms=5000`);

function allow(rights: readonly Right[]): Promise<boolean> {
  const acl = rights.map(([operation, resource, name]): AclEntry => ({
    principal: 'User:someone',
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    operation: AclOperationTypes[operation] as number,
    resourceType: AclResourceTypes[resource] as number,
    resourceName: name,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
  }));
  return rights.length === 0 ? Promise.resolve(true) : admin.createAcls({ acl });
}

/** Everything that a run does on the bus, and correlators that share it. */
async function use(): Promise<void> {
  const at = await prepareBus(bus(), 'faultbox.group');
  const writer = openBusWriter(at, 'r', 'stdout');
  writer.append(blockOf([line('r', 1)]), 1);
  await writer.close();
  const reader = openRunReader(at, 'r');
  try {
    expect((await readAll(reader)).length).toBe(1);
  } finally {
    await reader.close();
  }
  const joined = Promise.withResolvers<void>();
  const nothing = { take: () => Promise.resolve(), oldest: null };
  const shared = await openSharedReader(at, '', { gain: () => nothing, lose: () => {}, joined: () => joined.resolve() });
  try {
    await Promise.race([joined.promise, shared.failed]);
  } finally {
    await shared.close();
  }
}

test('the rights that are documented are enough', async () => {
  await allow(documented);
  await use();
});

test.each(documented.map((right, i) => [right, i] as const))('without %o: a sentence with what is needed', async (_, i) => {
  const [operation] = documented[i]!;
  if (operation === 'CREATE') await admin.deleteTopics({ topics: [topic] });
  await allow(documented.filter((__, j) => j !== i));
  await expect(use()).rejects.toMatchObject({
    code: 'E_BUS_REFUSED',
    message: expect.stringMatching(/does not let the user: .*It needs to read and write the topic faultbox\.events/),
  });
});
