import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NatsLogin } from '../clients/nats-login.ts';
import { TestCollector } from './testing/collector.ts';
import { TestNats } from './testing/nats-server.ts';

const password = 'pass-4711';
const me: NatsLogin = { kind: 'user', user: 'me', password };
const root: NatsLogin = { kind: 'user', user: 'root', password: 'root-4711' };
/** A server of a user that may do everything, and one that may do what is written. */
const users = (permissions: string) => ({
  authorization: `users = [{ user: root, password: "root-4711" }, { user: me, password: "${password}", permissions: { ${permissions} } }]`,
  login: root,
});

let server: TestNats;
let collector: TestCollector;
beforeEach(() => {
  collector = new TestCollector();
});
afterEach(async () => {
  await collector.end();
  await server.stop();
});

const attach = (subject: string, login: NatsLogin | null, test = 't') =>
  collector.attach(server.port, subject, { protocol: 'nats', login }, test);

async function publish(subject: string, value: object): Promise<void> {
  const { connection, close } = await server.client();
  connection.publish(subject, JSON.stringify(value));
  await connection.flush();
  await close();
}

async function stream(name: string, subject: string): Promise<void> {
  const { connection, close } = await server.client();
  await (await connection.jetstreamManager()).streams.add({ name, subjects: [subject] });
  await close();
}

describe.each<readonly [string, NatsLogin, string]>([
  ['a user and a password', me, `user: me, password: "${password}"`],
  ['a token', { kind: 'token', token: password }, `token: "${password}"`],
])('behind %s', (_, login, authorization) => {
  test('a plain subject is read and proven, and read on after a restart', async () => {
    server = await TestNats.start({ authorization, login });
    expect(await attach('core', login)).toMatchObject({ done: expect.any(Number) });
    await publish('core', { i: 0 });
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
    await server.crash();
    expect(await collector.barrier()).toMatchObject({ type: 'complete' });
    await publish('core', { i: 1 });
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2 });
    expect(collector.gaps()).toMatchObject([{ reason: expect.stringContaining('the connection to the server broke') }]);
  });

  test('what a stream keeps is read out of it, with nothing lost over a restart', async () => {
    server = await TestNats.start({ authorization, login });
    await stream('EV', 'ev.>');
    expect(await attach('ev.a', login)).toMatchObject({ done: expect.any(Number) });
    await publish('ev.a', { i: 0 });
    await server.crash();
    await publish('ev.a', { i: 1 });
    expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 2 });
    expect(collector.events().map((e) => e.offset)).toEqual([1, 2]);
    expect(collector.gaps()).toEqual([]);
  });
});

test('a server that asks for no login is used without', async () => {
  server = await TestNats.start();
  await attach('open', me);
  await publish('open', {});
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
});

test('a wrong and a missing login are refused at once, with the variables to set and without a secret', async () => {
  server = await TestNats.start({ authorization: `user: me, password: "${password}"`, login: me });
  const answers = [
    await attach('a', null),
    await attach('a', { kind: 'user', user: 'me', password: 'wr0ng-7731' }, 'u'),
    await attach('a', { kind: 'token', token: 'wr0ng-7731' }, 'v'),
  ];
  expect(answers).toMatchObject(
    [
      "the server asks for a login: set NATS_USER and NATS_PASSWORD, or NATS_TOKEN, in the service's env",
      'the server refuses the login of "me": set NATS_USER and NATS_PASSWORD',
      'the server refuses the token: set NATS_TOKEN',
    ].map((sentence) => ({ code: 'E_TOPIC', message: expect.stringContaining(sentence) })),
  );
  expect(JSON.stringify(answers)).not.toMatch(/wr0ng-7731|pass-4711/);
});

test.each(['a plain subject', 'a subject of a stream'])(
  '%s whose server takes another password after a restart: a gap says so, and nothing is proven',
  async (what) => {
    server = await TestNats.start({ authorization: `user: me, password: "${password}"`, login: me });
    if (what !== 'a plain subject') await stream('EV', 'moved');
    await attach('moved', me);
    await server.restartFor({ authorization: 'user: me, password: other', login: { kind: 'user', user: 'me', password: 'other' } });
    await publish('moved', { i: 0 });
    const refused = expect.stringContaining('the server refuses the login of "me": set NATS_USER and NATS_PASSWORD');
    expect(await collector.barrier()).toMatchObject({ type: 'incomplete', reason: refused });
    expect(collector.gaps().at(-1)).toMatchObject({ lost: null, reason: refused });
    expect(collector.data()).toEqual([]);
  },
);

test('a subscription that is not permitted is a gap that names the permission, and nothing is proven', async () => {
  server = await TestNats.start(users('subscribe: { deny: "secret" }'));
  await attach('secret', me);
  const refused = expect.stringContaining('the server does not permit "me" to subscribe to secret');
  expect(await collector.barrier()).toMatchObject({ type: 'incomplete', reason: refused });
  expect(collector.gaps()).toMatchObject([{ lost: null, reason: refused }]);
});

test('what permissions deny inside of a wildcard is a gap where the server tells them, from 2.10 on, else its silence is less than proven', async () => {
  server = await TestNats.start(users('subscribe: { deny: "core.secret" }'));
  const { connection, close } = await server.client();
  const tells = !/^2\.[0-9]\./.test(connection.info!.version);
  await close();
  await attach('core.>', me);
  await publish('core.secret', {});
  const sampled = 'what permissions may deny "me" inside of core.> is not seen, and the server does not tell them';
  const gap = 'the server keeps back what its permissions deny inside of core.>: allow core.secret';
  const { type, data } = await collector.barrier();
  expect([type, data, collector.gaps().map((g) => g.reason)]).toEqual(
    tells ? ['complete', null, [gap]] : ['complete', JSON.stringify({ sampled }), []],
  );
  await attach('core.open', me, 'u');
  expect(await collector.barrier({ test: 'u' })).toMatchObject({ type: 'complete', data: null });
});

test.each([
  ['ask for streams', 'publish: { deny: "$JS.API.>" }'],
  ['have the messages of streams', 'publish: { deny: "$JS.API.STREAM.MSG.>" }'],
  ['get answers', 'subscribe: { deny: "_INBOX.>" }'],
])('who may not %s has a plain subscription, also to what a stream keeps', async (_, permissions) => {
  server = await TestNats.start(users(permissions));
  await stream('EV', 'ev.>');
  expect(await attach('ev.a', me)).toMatchObject({ done: expect.any(Number) });
  await publish('ev.a', { i: 0 });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  expect(collector.events()).toMatchObject([{ topic: 'ev.a', offset: null }]);
  expect(collector.gaps()).toEqual([]);
});

test('a stream whose messages may not be had any more after a restart: a gap names the permission, and nothing is proven', async () => {
  server = await TestNats.start(users(''));
  await stream('EV', 'ev.>');
  await attach('ev.a', me);
  await publish('ev.a', { i: 0 });
  expect(await collector.barrier()).toMatchObject({ type: 'complete', position: 1 });
  await server.restartFor(users('publish: { deny: "$JS.API.STREAM.MSG.>" }'));
  await publish('ev.a', { i: 1 });
  const refused = expect.stringContaining('the server does not permit "me" to publish to $JS.API.STREAM.MSG.GET.EV');
  expect(await collector.barrier()).toMatchObject({ type: 'incomplete', reason: refused });
  expect(collector.gaps()).toMatchObject([{ lost: null, reason: refused }]);
});
