import { expect, test } from 'vitest';
import { loginsOf } from './logins.ts';
import type { Protocol } from './plan.ts';

const logins = (env: Readonly<Record<string, string>>, ...speaks: Protocol[]) =>
  loginsOf(env, new Set(speaks), (sentence) => new Error(sentence));

const secret = 'pass-4711';

test('each protocol has its own variables; without them there is no login', () => {
  expect(logins({}, 'redis', 'nats', 'kafka')).toMatchObject({ redis: null, nats: null, kafka: null });
  expect(logins({ REDIS_PASSWORD: secret }, 'redis').redis).toEqual({ user: null, password: secret });
  expect(logins({ REDIS_USERNAME: 'me', REDIS_PASSWORD: secret }, 'redis').redis).toEqual({ user: 'me', password: secret });
  expect(logins({ NATS_USER: 'me', NATS_PASSWORD: secret }, 'nats').nats).toEqual({ kind: 'user', user: 'me', password: secret });
  expect(logins({ NATS_TOKEN: secret }, 'nats').nats).toEqual({ kind: 'token', token: secret });
  const kafka = { KAFKA_USERNAME: 'me', KAFKA_PASSWORD: secret };
  expect(logins(kafka, 'kafka').kafka).toEqual({ mechanism: 'PLAIN', user: 'me', password: secret });
  for (const mechanism of ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])
    expect(logins({ ...kafka, KAFKA_SASL_MECHANISM: mechanism }, 'kafka').kafka).toMatchObject({ mechanism });
});

test('what is set to nothing is not set', () => {
  const defaults = { database: 'postgres', user: 'postgres', password: '' };
  expect(logins({ POSTGRES_DB: '', POSTGRES_USER: '' }, 'postgres').postgres).toEqual(defaults);
  const env = { REDIS_USERNAME: '', REDIS_PASSWORD: '', NATS_TOKEN: '', KAFKA_SASL_MECHANISM: '', KAFKA_PASSWORD: '' };
  expect(logins(env, 'redis', 'nats', 'kafka')).toMatchObject({ redis: null, nats: null, kafka: null });
});

test('the variables of a protocol that a service does not speak are its own business', () => {
  const env = { REDIS_USERNAME: 'half', NATS_USER: 'half', KAFKA_SASL_MECHANISM: 'GSSAPI', KAFKA_PASSWORD: secret };
  expect(logins(env, 'http')).toMatchObject({ redis: null, nats: null, kafka: null });
});

test.each<[Protocol, Record<string, string>, string]>([
  ['redis', { REDIS_USERNAME: secret }, 'REDIS_USERNAME is set without REDIS_PASSWORD'],
  ['nats', { NATS_USER: secret }, 'NATS_USER is set without NATS_PASSWORD'],
  ['nats', { NATS_PASSWORD: secret }, 'NATS_PASSWORD is set without NATS_USER'],
  ['nats', { NATS_TOKEN: secret, NATS_USER: secret, NATS_PASSWORD: secret }, 'NATS_TOKEN is one login'],
  ['nats', { NATS_TOKEN: secret, NATS_USER: secret }, 'NATS_USER is set without NATS_PASSWORD'],
  ['kafka', { KAFKA_USERNAME: secret }, 'KAFKA_USERNAME is set without KAFKA_PASSWORD'],
  ['kafka', { KAFKA_PASSWORD: secret }, 'KAFKA_PASSWORD is set without KAFKA_USERNAME'],
  ['kafka', { KAFKA_SASL_MECHANISM: 'PLAIN' }, 'KAFKA_SASL_MECHANISM is set without KAFKA_USERNAME and KAFKA_PASSWORD'],
  ['kafka', { KAFKA_SASL_MECHANISM: 'plain' }, 'KAFKA_SASL_MECHANISM is one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, got "plain"'],
])('half a login of %s is a mistake, said without what was set: %o', (protocol, env, sentence) => {
  const said = [];
  try {
    logins(env, protocol);
  } catch (error) {
    said.push((error as Error).message);
  }
  expect(said).toEqual([expect.stringContaining(sentence)]);
  expect(said.join()).not.toContain(secret);
});
