/** collector-wal: turns committed row changes of PostgreSQL servers into events, by logical replication. */
import { openBusWriter } from '../bus/open.ts';
import { collectorArgs } from '../collector/args.ts';
import type { Request } from '../collector/channel.ts';
import { monotonicNs } from '../collector/clock.ts';
import { Publisher } from '../collector/publisher.ts';
import { serveCollector } from '../collector/serve.ts';
import type { WalTarget } from './server/connect.ts';
import { WalSource } from './source.ts';

interface Attach extends Request {
  readonly test: string;
  readonly source: string;
  readonly service: string;
  readonly plan: Pick<WalTarget, 'port' | 'database' | 'user' | 'password'> & { readonly tables: readonly string[] };
  /** The port on the host that stands for each port of the spec. */
  readonly leases: Readonly<Record<string, number>>;
}
interface Barrier extends Request {
  readonly test: string;
  readonly barrier: number;
  readonly deadline_ns: string;
  readonly reason: 'judge' | 'flow' | 'final';
  /** Services whose writes a fault may strike. */
  readonly faulted: readonly string[];
  /** Services that have ended, and how. */
  readonly over: Readonly<Record<string, string>>;
}

/** An answer needs some time to reach the runner. */
const margin_ms = 50;

const { run, bus } = collectorArgs();
const publisher = new Publisher('wal', openBusWriter(bus, run, 'wal'));
const sources = new Map<string, WalSource[]>();

async function attach({ test, source, service, plan, leases }: Attach): Promise<void> {
  const { database, user, password } = plan;
  const target = { service, port: leases[plan.port] ?? plan.port, database, user, password, run };
  const wal = new WalSource({ run, test, source, service }, target, plan.tables, publisher);
  await wal.attach();
  sources.set(test, [...(sources.get(test) ?? []), wal]);
  await publisher.durable();
}

async function barrier(request: Barrier): Promise<void> {
  const left_ms = Number(BigInt(request.deadline_ns) - monotonicNs()) / 1e6;
  const deadline_ms = performance.now() + left_ms - margin_ms;
  const how = (service: string) => (request.reason === 'flow' ? 'flow' : request.faulted.includes(service) ? 'read' : 'mark');
  const answer = (source: WalSource) => {
    const { service } = source.name;
    const over = request.over[service];
    return over === undefined
      ? source.barrier(request.barrier, { deadline_ms, how: how(service) })
      : source.serverOver(request.barrier, `the service ${over}`);
  };
  await Promise.all((sources.get(request.test) ?? []).map(answer));
  await publisher.durable();
}

async function detach(test: string): Promise<void> {
  const left = sources.get(test) ?? [];
  sources.delete(test);
  await Promise.all(left.map((s) => s.detach()));
  await publisher.sync();
}

serveCollector('wal', { attach, barrier, detach }, async () => {
  await Promise.all([...sources.keys()].map(detach));
  await publisher.close();
  process.exit(0);
});
