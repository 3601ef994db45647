import { EvalError, str, type Builtin } from '../../starlark/index.ts';
import type { DecoderPlan, PayloadDecoderPlan } from '../plan.ts';
import type { Observed } from '../observed.ts';
import { PlainValue } from '../values/plain-value.ts';
import { builtin } from './signature.ts';

const interval_ms = 500;

/** wal_stream, topic, poll: what a service's own interfaces tell of its state. */
export function sourceBuiltins(): Builtin[] {
  return [
    builtin(
      {
        name: 'wal_stream',
        returns: 'event source',
        doc: 'Observes committed row changes of a PostgreSQL server by logical replication: an event for each INSERT, UPDATE, DELETE and TRUNCATE. A service has one: it observes one database.',
        params: [
          { name: 'tables', type: 'list', doc: '"orders" or "billing.invoices"; without it every table' },
          { name: 'database', type: 'string', keyword: true, doc: 'else the service\'s POSTGRES_DB, else "postgres"' },
          { name: 'user', type: 'string', keyword: true, doc: 'else the service\'s POSTGRES_USER, else "postgres"' },
          { name: 'password', type: 'string', keyword: true, doc: "else the service's POSTGRES_PASSWORD" },
        ],
      },
      (args) =>
        observed({
          kind: 'wal',
          tables: once(args.list('tables').map(table)),
          database: args.string('database'),
          user: args.string('user'),
          password: args.string('password'),
        }),
    ),
    builtin(
      {
        name: 'topic',
        returns: 'event source',
        doc: 'Observes a Kafka topic, or a subject on a nats interface: an event for each message from the start of the test.',
        params: [
          { name: 'name', type: 'string', required: true, doc: 'the topic or subject' },
          {
            name: 'decoder',
            type: { host: 'decoder' },
            doc: 'json_decoder(), avro_decoder(…), text_decoder(), bytes_decoder(), logfmt_decoder() or regex_decoder(…); without one, JSON objects are decoded and other values become value',
          },
          { name: 'read_uncommitted', type: 'bool', keyword: true, doc: 'Kafka: also messages of open and aborted transactions' },
        ],
      },
      (args) =>
        observed({
          kind: 'topic',
          topic: args.string('name')!,
          decoder: args.host<PlainValue<PayloadDecoderPlan>>('decoder')?.plan ?? { kind: 'default' },
          read_uncommitted: args.bool('read_uncommitted') ?? false,
        }),
    ),
    builtin(
      {
        name: 'poll',
        returns: 'event source',
        doc: 'Runs a command again and again and makes an event of each change of its result: a Redis command, a query on a postgres interface, else a program.',
        params: [
          { name: 'command', type: 'string', required: true, doc: '"GET session:active"' },
          { name: 'interval', type: 'duration', doc: 'time between samples; 500 ms' },
        ],
      },
      (args) => {
        const every_ms = args.duration('interval') ?? interval_ms;
        if (every_ms < 1) throw new EvalError('poll(): the interval is at least 1 ms');
        return observed({ kind: 'poll', command: args.string('command')!, interval_ms: every_ms });
      },
    ),
  ];
}

function observed(plan: Observed): PlainValue<Observed> {
  return new PlainValue<Observed>('event source', plan);
}

function table(value: Parameters<typeof str>[0]): string {
  if (typeof value !== 'string' || value === '')
    throw new EvalError(`wal_stream(): tables are names such as "orders" or "billing.invoices", got ${str(value)}`);
  return value;
}

function once(tables: readonly string[]): readonly string[] {
  const qualified = (name: string) => (name.includes('.') ? name : `public.${name}`);
  const repeated = tables.find((name, i) => tables.findIndex((other) => qualified(other) === qualified(name)) < i);
  if (repeated !== undefined) throw new EvalError(`wal_stream(): the table "${repeated}" is named twice`);
  return tables;
}

/** A stream of lines as `observe` takes it. */
export function observedStream(stream: 'stdout' | 'stderr', decoder: DecoderPlan): PlainValue<Observed> {
  return observed({ kind: 'stream', stream, decoder });
}
