import { EvalError } from '../starlark/index.ts';
import { kafkaTopic } from './kafka-topic.ts';
import { natsSubject } from './nats-subject.ts';
import type { DatabaseLogin, DecoderPlan, InterfacePlan, PayloadDecoderPlan, PollTarget, Protocol, SourcePlan } from './plan.ts';

/** What a spec asks to observe, before it is known of which service. What is null comes from the service. */
export type Observed =
  | { readonly kind: 'stream'; readonly stream: 'stdout' | 'stderr'; readonly decoder: DecoderPlan }
  | {
      readonly kind: 'wal';
      readonly tables: readonly string[];
      readonly database: string | null;
      readonly user: string | null;
      readonly password: string | null;
    }
  | { readonly kind: 'topic'; readonly topic: string; readonly decoder: PayloadDecoderPlan; readonly read_uncommitted: boolean }
  | { readonly kind: 'poll'; readonly command: string; readonly interval_ms: number };

/** The service that is observed, as far as its sources need to know it. */
export interface ObservedService {
  readonly name: string;
  readonly interfaces: readonly InterfacePlan[];
  readonly env: Readonly<Record<string, string>>;
}

/** A source of a service: reached over the interface that speaks its protocol. */
export function sourcePlan(service: ObservedService, observed: Exclude<Observed, { kind: 'stream' }>): SourcePlan {
  switch (observed.kind) {
    case 'wal': {
      const { tables } = observed;
      return { kind: 'wal', tables, port: speaking(service, ['postgres'], 'wal_stream').port, ...login(service.env, observed) };
    }
    case 'topic': {
      const { protocol, port } = speaking(service, ['kafka', 'nats'], 'topic');
      const { decoder, read_uncommitted } = observed;
      const owner = `service("${service.name}"): topic()`;
      const topic = protocol === 'kafka' ? kafkaTopic(observed.topic, owner) : natsSubject(observed.topic, owner, true);
      return { kind: 'topic', protocol: protocol as 'kafka' | 'nats', port, topic, decoder, read_uncommitted };
    }
    case 'poll': {
      const { command, interval_ms } = observed;
      return { kind: 'poll', command, interval_ms, target: pollTarget(service) };
    }
  }
}

/** Credentials that were given, else those that the service's own environment sets it up with, else PostgreSQL's defaults. */
export function login(env: Readonly<Record<string, string>>, given: { readonly [K in keyof DatabaseLogin]: string | null }): DatabaseLogin {
  return {
    database: given.database ?? env['POSTGRES_DB'] ?? 'postgres',
    user: given.user ?? env['POSTGRES_USER'] ?? 'postgres',
    password: given.password ?? env['POSTGRES_PASSWORD'] ?? '',
  };
}

function pollTarget({ interfaces, env }: ObservedService): PollTarget {
  const found = interfaces.find(({ protocol }) => protocol === 'redis' || protocol === 'postgres');
  if (found?.protocol === 'redis') return { protocol: 'redis', port: found.port };
  if (found) return { protocol: 'postgres', port: found.port, ...login(env, { database: null, user: null, password: null }) };
  return { protocol: 'program' };
}

function speaking({ name, interfaces }: ObservedService, wanted: readonly Protocol[], builtin: string): InterfacePlan {
  const found = interfaces.find(({ protocol }) => wanted.includes(protocol));
  if (found) return found;
  const has = interfaces.map((i) => `"${i.name}" speaks ${i.protocol}`).join(', ') || 'it has none';
  throw new EvalError(
    `service("${name}"): ${builtin}() needs an interface that speaks ${wanted.join(' or ')}, such as interface("main", "${wanted[0]}", 5432); ${has}`,
  );
}
