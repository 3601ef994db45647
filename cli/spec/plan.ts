/** What a spec asks for, as plain data: it crosses from the worker that loaded the spec to the runner. */

/** A place in a spec. Lines and columns start at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly col: number;
}

/** What an interface speaks: it decides which steps there are, and what its sources can be. */
export const protocols = ['http', 'tcp', 'postgres', 'kafka', 'redis', 'nats'] as const;
export type Protocol = (typeof protocols)[number];

/** One way to reach a service. */
export interface InterfacePlan {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

/** How the runner knows that a service is ready. */
export type HealthcheckPlan =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly timeout_ms: number }
  | { readonly kind: 'http'; readonly url: string; readonly timeout_ms: number }
  /** The first interface speaks its protocol. */
  | { readonly kind: 'ready'; readonly timeout_ms: number };

/** What makes an event's data of a line. */
export type DecoderPlan = { readonly kind: 'default' | 'json' | 'logfmt' } | { readonly kind: 'regex'; readonly pattern: string };

/** What makes an event's data of a message's value. */
export type PayloadDecoderPlan =
  DecoderPlan | { readonly kind: 'text' } | { readonly kind: 'bytes' } | { readonly kind: 'avro'; readonly registry: string };

/** How our own clients log in to a database. */
export interface DatabaseLogin {
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** How they log in to Redis; `user` null: as its default user. */
export interface RedisLogin {
  readonly user: string | null;
  readonly password: string;
}

/** How they log in to NATS. */
export type NatsLogin =
  { readonly kind: 'user'; readonly user: string; readonly password: string } | { readonly kind: 'token'; readonly token: string };

/** What Kafka calls the ways to log in that there are. */
export const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;

/** How they log in to Kafka. */
export interface KafkaLogin {
  readonly mechanism: (typeof saslMechanisms)[number];
  readonly user: string;
  readonly password: string;
}

/** How our own clients log in to a service, by what it speaks; null: not at all. */
export interface Logins {
  readonly postgres: DatabaseLogin;
  readonly redis: RedisLogin | null;
  readonly nats: NatsLogin | null;
  readonly kafka: KafkaLogin | null;
}

/** Row changes of a PostgreSQL server. Tables are `name` or `schema.name`; none means all. */
export interface WalPlan extends DatabaseLogin {
  readonly kind: 'wal';
  readonly port: number;
  readonly tables: readonly string[];
}

/** Messages of a Kafka topic or a NATS subject. */
export type TopicPlan = BrokerPlan & {
  readonly kind: 'topic';
  readonly port: number;
  readonly topic: string;
  readonly decoder: PayloadDecoderPlan;
  readonly read_uncommitted: boolean;
};

/** Who has the messages. */
export type BrokerPlan =
  { readonly protocol: 'kafka'; readonly login: KafkaLogin | null } | { readonly protocol: 'nats'; readonly login: NatsLogin | null };

/** Whom a poll asks. A program gets the addresses of the service's interfaces in its environment. */
export type PollTarget =
  | { readonly protocol: 'redis'; readonly port: number; readonly login: RedisLogin | null }
  | ({ readonly protocol: 'postgres'; readonly port: number } & DatabaseLogin)
  | { readonly protocol: 'program' };

/** What a command answers, sampled. */
export interface PollPlan {
  readonly kind: 'poll';
  readonly command: string;
  readonly interval_ms: number;
  readonly target: PollTarget;
}

/** A source beside output and system calls. */
export type SourcePlan = WalPlan | TopicPlan | PollPlan;

export interface ServicePlan {
  readonly name: string;
  /** As the spec has it; the runner looks it up. */
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly interfaces: readonly InterfacePlan[];
  readonly logins: Logins;
  readonly depends_on: readonly string[];
  readonly healthcheck: HealthcheckPlan | null;
  readonly stdout: DecoderPlan;
  readonly stderr: DecoderPlan;
  /** Watched from when the service is ready until it is stopped. */
  readonly sources: readonly SourcePlan[];
  readonly user: string | null;
  /** `all` also records reads of files. */
  readonly trace: 'default' | 'all';
  readonly place: Place;
}

export type FaultAction = { readonly kind: 'deny'; readonly errno: string } | { readonly kind: 'delay'; readonly duration_ns: number };

/** One fault on one service. */
export interface FaultPlan {
  readonly service: string;
  /** The call or family that the spec names: `write`. */
  readonly key: string;
  readonly calls: readonly string[];
  readonly action: FaultAction;
  readonly label: string | null;
  readonly on: 'default' | 'file' | 'socket' | 'stdio' | 'any';
  /** Glob over the path of the file; `*` alone is any. */
  readonly path: string | null;
  /** Matching calls to let pass first. */
  readonly after: number;
  /** Hits at most; null without limit. */
  readonly count: number | null;
  /** 0 to 1. */
  readonly probability: number;
  readonly place: Place;
}

export interface TestPlan {
  readonly name: string;
  readonly kind: 'scenario' | 'fault_scenario' | 'fault_matrix' | 'test';
  /** Names of the monitors that watch it. */
  readonly monitors: readonly string[];
  readonly faults: readonly FaultPlan[];
  readonly place: Place;
}

/** A file that the spec consists of. */
export interface SpecFile {
  readonly name: string;
  readonly sha256: string;
  readonly source: string;
}

export interface Plan {
  readonly spec: string;
  readonly files: readonly SpecFile[];
  readonly services: readonly ServicePlan[];
  /** In the order of the spec. */
  readonly tests: readonly TestPlan[];
}
