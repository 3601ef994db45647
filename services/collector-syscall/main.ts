/** collector-syscall: what services do, as the kernel saw it. The native tracer makes the records; they pass through as they are. */
import { openBusWriter } from '../bus/open.ts';
import { collectorArgs } from '../collector/args.ts';
import type { Request } from '../collector/channel.ts';
import { monotonicNs } from '../collector/clock.ts';
import { Publisher, type SourceName } from '../collector/publisher.ts';
import { serveCollector } from '../collector/serve.ts';
import { Tracer } from './tracer.ts';

interface Attach extends Request {
  readonly test: string;
  readonly source: string;
  readonly service: string;
  readonly cgroup: string;
  readonly trace: 'default' | 'all';
}
interface Barrier extends Request {
  readonly test: string;
  readonly barrier: number;
  readonly until_ns: string;
  readonly deadline_ns: string;
}

const { run, bus } = collectorArgs();
const log = openBusWriter(bus, run, 'syscall');
const publisher = new Publisher('syscall', log);
const ringBytes = Number(process.env['FAULTBOX_RING_BYTES'] ?? 64 << 20);
let published_ns = monotonicNs();
const tracer = new Tracer((records, count) => {
  log.append(records, count);
  if (log.crowded) tracer.holdUntil(log.durable());
  published_ns = monotonicNs();
}, ringBytes);
const sources = new Map<string, SourceName[]>();
/** Beyond any position that the tracer gave: what this process says of a source when the tracer is gone. */
let position = 2 ** 52;

async function attach(request: Attach): Promise<void> {
  const { test, source, service, trace, cgroup } = request;
  await tracer.command('attach', run, test, service, source, trace, cgroup);
  await log.durable();
  sources.set(test, [...(sources.get(test) ?? []), { run, test, source, service }]);
}

/** The tracer is dead: every source of the test has lost an unknown number of events, and says so at each barrier. */
function confess(test: string, barrier: number, until_ns: bigint, reason: string): void {
  const now = monotonicNs();
  for (const name of sources.get(test) ?? []) {
    publisher.publish(name, position++, 'gap', published_ns, { until_ns: now, reason });
    publisher.publish(name, position++, 'incomplete', now, { barrier, until_ns, reason });
  }
  publisher.flush();
}

async function barrier(request: Barrier): Promise<void> {
  try {
    await tracer.command('barrier', request.test, request.barrier, request.until_ns, request.deadline_ns);
  } catch (error) {
    if (!tracer.dead) throw error;
    confess(request.test, request.barrier, BigInt(request.until_ns), tracer.dead.message);
  }
  await log.durable();
}

async function detach(test: string): Promise<void> {
  if (sources.has(test) && !tracer.dead) await tracer.command('detach', test);
  sources.delete(test);
}

serveCollector('syscall', { attach, barrier, detach }, async () => {
  await tracer.end();
  await publisher.close();
  process.exit(0);
});
