import kafkajs, { type AclEntry } from 'kafkajs';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loginListener, password, user } from '../../infra/kafka/listeners.ts';
import { freePortPair } from '../../infra/kafka/ports.ts';
import type { KafkaLogin } from '../clients/kafka/login.ts';
import { connectProducer } from '../clients/kafka/producer.ts';
import { TestBroker } from './testing/broker.ts';
import { TestCollector } from './testing/collector.ts';

const mechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
const session_ms = 3000;
/** Who comes in by the plain listener may do everything; a topic without an ACL is everyone's. */
const settings = [
  `connections.max.reauth.ms=${session_ms}`,
  'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users=User:ANONYMOUS',
  'allow.everyone.if.no.acl.found=true',
];

let broker: TestBroker;
let [door, scramDoor] = [0, 0];
let collector: TestCollector;
beforeAll(async () => {
  [door, scramDoor] = [await freePortPair(), await freePortPair()];
  const listeners = [
    { ...loginListener(door), mechanisms },
    { ...loginListener(scramDoor), name: 'SCRAM', mechanisms: ['SCRAM-SHA-512'] as const },
  ];
  broker = await TestBroker.start({ listeners, settings });
});
afterAll(() => broker.stop());
beforeEach(() => {
  collector = new TestCollector();
});
afterEach(() => collector.end());

const login = (own: Partial<KafkaLogin> = {}): KafkaLogin => ({ mechanism: 'PLAIN', user, password, ...own });

async function publish(topic: string, ...values: string[]): Promise<void> {
  const producer = await broker.producer();
  await producer.send({ topic, messages: values.map((value) => ({ value })) });
}

/** Lets the user do only what is named. */
async function allow(topic: string, ...operations: number[]): Promise<void> {
  const { AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const entry = (principal: string, operation: number): AclEntry => ({
    resourceType: AclResourceTypes.TOPIC,
    resourceName: topic,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    permissionType: AclPermissionTypes.ALLOW,
    principal,
    host: '*',
    operation,
  });
  const acl = [entry('User:other', kafkajs.AclOperationTypes.ALL), ...operations.map((o) => entry(`User:${user}`, o))];
  await broker.admin.createAcls({ acl });
}

test.each(mechanisms)('a topic behind a login by %s is read and proven, a restart of the broker included', async (mechanism) => {
  const topic = `orders-${mechanism}`;
  await broker.topic(topic, 2);
  expect(await collector.attach(door, topic, { login: login({ mechanism }) })).toMatchObject({ done: expect.any(Number) });
  await publish(topic, '{"i": 0}');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1, lost: 0 });
  await broker.crash();
  await publish(topic, '{"i": 1}');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2, lost: 0 });
  expect(collector.data()).toEqual([{ i: 0 }, { i: 1 }]);
  expect(collector.gaps()).toEqual([]);
});

test('sessions that the broker ends unless they log in again are kept', async () => {
  await broker.topic('sessions');
  await collector.attach(door, 'sessions', { login: login() });
  for (const position of [1, 2]) {
    await publish('sessions', '{}');
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position });
    await new Promise((resolve) => setTimeout(resolve, session_ms + 500));
  }
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2 });
  expect(collector.gaps()).toEqual([]);
});

test('a listener that asks for no login is used without', async () => {
  await broker.topic('open');
  await collector.attach(broker.port, 'open', { login: login() });
  await publish('open', '{}');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
});

test.each([
  ['no login', null, 'asks for a login: set KAFKA_USERNAME and KAFKA_PASSWORD'],
  ['a wrong password', login({ password: 'wr0ng-7731' }), 'refuses the login of "someone" by PLAIN: set KAFKA_USERNAME, KAFKA_PASSWORD'],
  [
    'a wrong password by SCRAM',
    login({ password: 'wr0ng-7731', mechanism: 'SCRAM-SHA-256' }),
    'refuses the login of "someone" by SCRAM-SHA-256: set',
  ],
  ['an unknown user by SCRAM', login({ user: 'nobody', mechanism: 'SCRAM-SHA-512' }), 'refuses the login of "nobody"'],
])('%s is refused at once, with the variables to set and without a secret', async (_, wrong, sentence) => {
  await broker.topic('refused').catch(() => {});
  const answer = await collector.attach(door, 'refused', { login: wrong });
  expect(answer).toMatchObject({ code: 'E_TOPIC', message: expect.stringContaining(sentence) });
  expect(JSON.stringify(answer)).not.toMatch(/wr0ng-7731|local-only/);
});

test('a mechanism that the broker does not take is told from a wrong password', async () => {
  const answer = await collector.attach(scramDoor, 'refused', { login: login() });
  expect(answer).toMatchObject({ message: expect.stringContaining('takes no login by PLAIN: set KAFKA_SASL_MECHANISM') });
});

test('a missing permission is named before the test begins, also where the topic may be asked about', async () => {
  for (const topic of ['hidden', 'listed']) await broker.topic(topic);
  await allow('hidden');
  await allow('listed', kafkajs.AclOperationTypes.DESCRIBE);
  expect(await collector.attach(door, 'hidden', { login: login() })).toMatchObject({
    code: 'E_TOPIC',
    message: expect.stringContaining(
      'refuses "someone" the permission Read on topic hidden: kafka-acls.sh --add --allow-principal User:someone --operation Read --topic hidden',
    ),
  });
  expect(await collector.attach(door, 'listed', { login: login() }, 'u')).toMatchObject({
    code: 'E_TOPIC',
    message: expect.stringContaining('the permission Read on topic listed'),
  });
});

test('who may not write a message is told so, whether or not the topic may be asked about', async () => {
  for (const topic of ['readable', 'unseen']) await broker.topic(topic);
  await allow('readable', kafkajs.AclOperationTypes.READ);
  await allow('unseen');
  const sent = async (topic: string) => {
    const address = { port: door, leases: {}, login: login() };
    const producer = await connectProducer(address, { topic, value: 'x', key: null, headers: {}, partition: null }, 5000);
    return producer.publish(5000).finally(() => producer.close());
  };
  for (const topic of ['readable', 'unseen'])
    await expect(sent(topic)).rejects.toThrow(`refuses "someone" the permission Write on topic ${topic} (and Create, where`);
});

test('a permission that is taken away meanwhile is one gap that names it, and nothing is proven from there on', async () => {
  await broker.topic('taken');
  await allow('taken', kafkajs.AclOperationTypes.READ);
  await collector.attach(door, 'taken', { login: login() });
  await publish('taken', '{"i": 0}');
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  await broker.admin.deleteAcls({
    filters: [
      {
        resourceType: kafkajs.AclResourceTypes.TOPIC,
        resourceName: 'taken',
        resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
        principal: `User:${user}`,
        operation: kafkajs.AclOperationTypes.ANY,
        permissionType: kafkajs.AclPermissionTypes.ANY,
      },
    ],
  });
  await publish('taken', '{"i": 1}');
  expect(await collector.barrier()).toMatchObject({
    type: 'incomplete',
    reason: expect.stringMatching(/permission Read on topic taken/),
  });
  expect(await collector.barrier()).toMatchObject({ type: 'incomplete' });
  expect(collector.gaps()).toMatchObject([{ lost: null, reason: expect.stringMatching(/permission Read on topic taken/) }]);
});
