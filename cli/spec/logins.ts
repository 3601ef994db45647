import {
  saslMechanisms,
  type DatabaseLogin,
  type KafkaLogin,
  type Logins,
  type NatsLogin,
  type Protocol,
  type RedisLogin,
} from './plan.ts';

/** The environment of a service; what is set to nothing counts as not set. */
type Env = Readonly<Record<string, string>>;

/** Makes the error of a mistake. */
type Refuse = (sentence: string) => Error;

/**
 * The logins that a service's own environment sets it up with. Only variables of protocols that it speaks are looked at: a client of
 * theirs may have them for its own use. Throws what `refuse` makes of half a login.
 */
export function loginsOf(env: Env, speaks: ReadonlySet<Protocol>, refuse: Refuse): Logins {
  return {
    postgres: postgresLogin(env),
    redis: speaks.has('redis') ? redisLogin(env, refuse) : null,
    nats: speaks.has('nats') ? natsLogin(env, refuse) : null,
    kafka: speaks.has('kafka') ? kafkaLogin(env, refuse) : null,
  };
}

function postgresLogin({ POSTGRES_DB: database, POSTGRES_USER: user, POSTGRES_PASSWORD: password = '' }: Env): DatabaseLogin {
  return { database: database || 'postgres', user: user || 'postgres', password };
}

function redisLogin({ REDIS_USERNAME: user = '', REDIS_PASSWORD: password = '' }: Env, refuse: Refuse): RedisLogin | null {
  if (password !== '') return { user: user === '' ? null : user, password };
  if (user !== '') throw refuse(half('REDIS_USERNAME', 'REDIS_PASSWORD'));
  return null;
}

function natsLogin({ NATS_TOKEN: token = '', ...env }: Env, refuse: Refuse): NatsLogin | null {
  const login = pair(env, 'NATS_USER', 'NATS_PASSWORD', refuse);
  if (login && token !== '') throw refuse('NATS_TOKEN is one login, NATS_USER with NATS_PASSWORD another: set one of them');
  if (token !== '') return { kind: 'token', token };
  return login && { kind: 'user', ...login };
}

function kafkaLogin({ KAFKA_SASL_MECHANISM: named = '', ...env }: Env, refuse: Refuse): KafkaLogin | null {
  const mechanism = saslMechanisms.find((m) => m === (named || 'PLAIN'));
  if (!mechanism) throw refuse(`KAFKA_SASL_MECHANISM is one of ${saslMechanisms.join(', ')}, got "${named}"`);
  const login = pair(env, 'KAFKA_USERNAME', 'KAFKA_PASSWORD', refuse);
  if (!login && named !== '') throw refuse(half('KAFKA_SASL_MECHANISM', 'KAFKA_USERNAME and KAFKA_PASSWORD'));
  return login && { mechanism, ...login };
}

function pair(env: Env, ofUser: string, ofPassword: string, refuse: Refuse): { readonly user: string; readonly password: string } | null {
  const [user, password] = [env[ofUser] ?? '', env[ofPassword] ?? ''];
  if (user === '' && password === '') return null;
  if (password === '') throw refuse(half(ofUser, ofPassword));
  if (user === '') throw refuse(half(ofPassword, ofUser));
  return { user, password };
}

function half(set: string, missing: string): string {
  return `${set} is set without ${missing}: set them together, or not at all`;
}
