import { EvalError, str, typeName, type Builtin, type Value } from '../../starlark/index.ts';
import { protocols, type DecoderPlan, type HealthcheckPlan, type InterfacePlan, type Protocol } from '../plan.ts';
import { loginsOf } from '../logins.ts';
import { sourcePlan, type Observed } from '../observed.ts';
import { sourceName } from '../source-name.ts';
import { callerPlace, type Session } from '../session.ts';
import { InterfaceValue } from '../values/interface-value.ts';
import { PlainValue } from '../values/plain-value.ts';
import { ServiceValue } from '../values/service-value.ts';
import { builtin, type Signature } from './signature.ts';
import { stepsFor } from './steps.ts';
import { stringDict } from './string-dict.ts';

const healthcheck_ms = 10_000;
const ready_ms = 30_000;

const serviceSignature: Signature = {
  name: 'service',
  returns: 'service',
  when: 'load',
  doc: 'Declares a service: a program that is started for each test, in a cgroup and a port space of its own.',
  params: [
    { name: 'name', type: 'string', required: true, doc: 'what the service is called in events and reports' },
    { name: 'args', type: 'list', keyword: true, doc: 'arguments of the program' },
    {
      name: 'env',
      type: 'dict',
      keyword: true,
      doc: 'environment variables, strings to strings; what names a login there, such as REDIS_PASSWORD, is how faultbox logs in too',
    },
    { name: 'depends_on', type: 'list', keyword: true, doc: 'services that must be ready first' },
    {
      name: 'healthcheck',
      type: { host: 'healthcheck' },
      keyword: true,
      doc: 'how to see that it is ready: tcp(…), http(…) or ready(); without one, TCP to its first interface',
    },
    {
      name: 'observe',
      type: 'list',
      keyword: true,
      doc: 'what else is an event: stdout(…), stderr(…) with a decoder, wal_stream(…), topic(…), poll(…); output is captured in any case',
    },
    { name: 'user', type: 'string', keyword: true, doc: 'user of the machine to run it as' },
    { name: 'trace', type: 'string', keyword: true, doc: '"all" also records reads of files' },
  ],
  rest: {
    name: 'program_and_interfaces',
    type: 'any',
    doc: 'the program, as a path beside the spec, in the working directory or a name on PATH; then interfaces',
  },
};

/** service, interface, tcp, http, ready. */
export function topologyBuiltins(session: Session): Builtin[] {
  return [
    builtin(serviceSignature, (args, thread) => {
      const registry = session.declare('service');
      const name = args.string('name')!;
      const { program, interfaces } = programAndInterfaces(name, args.rest);
      const observed = args.list('observe').map((item) => observeOf(name, item));
      const streams = observed.filter((o) => o.kind === 'stream');
      const decoder = (stream: 'stdout' | 'stderr'): DecoderPlan =>
        streams.find((o) => o.stream === stream)?.decoder ?? { kind: 'default' };
      const trace = args.string('trace') ?? 'default';
      if (trace !== 'default' && trace !== 'all') throw args.wrong('trace', `service(): "trace" is "default" or "all", got "${trace}"`);
      const env = stringDict(args, 'env', `service("${name}")`);
      const plans = interfaces.map(({ plan }) => plan);
      const speaks = new Set(plans.map(({ protocol }) => protocol));
      const logins = loginsOf(env, speaks, (sentence) => new EvalError(`service("${name}"): env: ${sentence}`));
      const sources = observed.filter((o) => o.kind !== 'stream').map((o) => sourcePlan({ name, interfaces: plans, logins }, o));
      const names = sources.map((s) => sourceName(name, s));
      const twice = names.find((n, i) => names.indexOf(n) !== i);
      if (twice !== undefined) throw new EvalError(twiceText(name, twice));
      registry.addService({
        name,
        program,
        args: args.list('args').map(str),
        env,
        interfaces: plans,
        logins,
        sources,
        depends_on: args.list('depends_on').map((s) => dependency(name, s)),
        healthcheck: args.host<PlainValue<HealthcheckPlan>>('healthcheck')?.plan ?? null,
        stdout: decoder('stdout'),
        stderr: decoder('stderr'),
        user: args.string('user'),
        trace,
        place: callerPlace(thread),
      });
      return new ServiceValue(
        registry.services.get(name)!,
        plans.map((plan) => new InterfaceValue(plan, () => stepsFor(session, name, plan))),
      );
    }),
    builtin(
      {
        name: 'interface',
        returns: 'interface',
        doc: 'One way to reach a service: a name, a protocol, a port. The service keeps this port; on the host another one stands for it.',
        params: [
          { name: 'name', type: 'string', required: true, doc: 'attribute of the service: db.main' },
          { name: 'protocol', type: 'string', required: true, doc: `one of ${protocols.join(', ')}` },
          { name: 'port', type: 'int', required: true, doc: 'the port that the service listens on' },
        ],
      },
      (args) => {
        const protocol = args.string('protocol')!;
        const port = args.int('port')!;
        if (!(protocols as readonly string[]).includes(protocol))
          throw args.wrong('protocol', `interface(): the protocol is one of ${protocols.join(', ')}, got "${protocol}"`);
        if (port < 1 || port > 65535) throw args.wrong('port', `interface(): a port lies between 1 and 65535, got ${port}`);
        return new PlainValue<InterfacePlan>('interface', {
          name: args.string('name')!,
          protocol: protocol as Protocol,
          port,
        });
      },
    ),
    builtin(
      {
        name: 'tcp',
        returns: 'healthcheck',
        doc: 'A service is ready when it accepts a TCP connection.',
        params: [
          { name: 'addr', type: 'string', required: true, doc: '"localhost:5432"' },
          { name: 'timeout', type: 'duration', doc: 'how long it may take; 10 s' },
        ],
      },
      (args) => {
        const [, host, port] = /^(.*):([0-9]+)$/.exec(args.string('addr')!) ?? [];
        if (port === undefined) throw args.wrong('addr', `tcp(): "${args.string('addr')}" is no address; write "localhost:5432"`);
        return new PlainValue<HealthcheckPlan>('healthcheck', {
          kind: 'tcp',
          host: host!,
          port: Number(port),
          timeout_ms: args.duration('timeout') ?? healthcheck_ms,
        });
      },
    ),
    builtin(
      {
        name: 'http',
        returns: 'healthcheck',
        doc: 'A service is ready when a GET is answered with a status from 200 to 399.',
        params: [
          { name: 'url', type: 'string', required: true, doc: '"localhost:8080/health"' },
          { name: 'timeout', type: 'duration', doc: 'how long it may take; 10 s' },
        ],
      },
      (args) => {
        const url = args.string('url')!.replace(/^(?!https?:\/\/)/, 'http://');
        if (!URL.canParse(url)) throw args.wrong('url', `http(): "${args.string('url')}" is no URL; write "localhost:8080/health"`);
        return new PlainValue<HealthcheckPlan>('healthcheck', {
          kind: 'http',
          url,
          timeout_ms: args.duration('timeout') ?? healthcheck_ms,
        });
      },
    ),
    builtin(
      {
        name: 'ready',
        returns: 'healthcheck',
        doc: 'A service is ready when its first interface answers in its own protocol: a PING, a query, a GET.',
        params: [{ name: 'timeout', type: 'duration', doc: 'how long it may take; 30 s' }],
      },
      (args) => new PlainValue<HealthcheckPlan>('healthcheck', { kind: 'ready', timeout_ms: args.duration('timeout') ?? ready_ms }),
    ),
  ];
}

function twiceText(service: string, source: string): string {
  const remedy = source.startsWith('wal/') ? ': a service has one wal_stream(), which names all tables, of one database' : '';
  return `service("${service}") observes ${source} twice${remedy}`;
}

function programAndInterfaces(
  service: string,
  rest: readonly Value[],
): { program: string; interfaces: ReadonlyArray<PlainValue<InterfacePlan>> } {
  const [program, ...others] = rest;
  if (typeof program !== 'string') throw new EvalError(`service("${service}") needs a program after its name, such as "bin/linux/mock-db"`);
  const interfaces = others.map((value) => {
    if (value instanceof PlainValue && value.starlarkType === 'interface') return value as PlainValue<InterfacePlan>;
    throw new EvalError(`service("${service}"): after the program come interfaces, got ${typeName(value)}`);
  });
  const names = interfaces.map((i) => i.plan.name);
  const twice = names.find((n, i) => names.indexOf(n) !== i);
  if (twice !== undefined) throw new EvalError(`service("${service}") has two interfaces named "${twice}"`);
  return { program, interfaces };
}

function observeOf(service: string, value: Value): Observed {
  if (value instanceof PlainValue && value.starlarkType === 'event source') return (value as PlainValue<Observed>).plan;
  throw new EvalError(
    `service("${service}"): observe takes stdout(…), stderr(…), wal_stream(…), topic(…) and poll(…), got ${typeName(value)}`,
  );
}

function dependency(service: string, value: Value): string {
  if (value instanceof ServiceValue) return value.plan.name;
  throw new EvalError(`service("${service}"): depends_on takes services that were declared before, got ${typeName(value)}`);
}
