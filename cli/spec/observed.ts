import { EvalError } from '../starlark/index.ts';
import { kafkaTopic } from './kafka-topic.ts';
import { natsSubject } from './nats-subject.ts';
import type { DecoderPlan, InterfacePlan, Logins, PayloadDecoderPlan, PollTarget, Protocol, SourcePlan } from './plan.ts';

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
  readonly logins: Logins;
}

/** A source of a service: reached over the interface that speaks its protocol. */
export function sourcePlan(service: ObservedService, observed: Exclude<Observed, { kind: 'stream' }>): SourcePlan {
  const { name, logins } = service;
  switch (observed.kind) {
    case 'wal': {
      const { port } = speaking(service, ['postgres'], 'wal_stream');
      const { tables, database, user, password } = observed;
      const own = logins.postgres;
      return {
        kind: 'wal',
        tables,
        port,
        database: database ?? own.database,
        user: user ?? own.user,
        password: password ?? own.password,
      };
    }
    case 'topic': {
      const { protocol, port } = speaking(service, ['kafka', 'nats'], 'topic');
      const { decoder, read_uncommitted } = observed;
      const owner = `service("${name}"): topic()`;
      const plan = { kind: 'topic', port, decoder, read_uncommitted } as const;
      return protocol === 'kafka'
        ? { ...plan, protocol, login: logins.kafka, topic: kafkaTopic(observed.topic, owner) }
        : { ...plan, protocol: 'nats', login: logins.nats, topic: natsSubject(observed.topic, owner, true) };
    }
    case 'poll': {
      const { command, interval_ms } = observed;
      return { kind: 'poll', command, interval_ms, target: pollTarget(service) };
    }
  }
}

function pollTarget({ interfaces, logins }: ObservedService): PollTarget {
  const found = interfaces.find(({ protocol }) => protocol === 'redis' || protocol === 'postgres');
  if (found?.protocol === 'redis') return { protocol: 'redis', port: found.port, login: logins.redis };
  if (found) return { protocol: 'postgres', port: found.port, ...logins.postgres };
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
