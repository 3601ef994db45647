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

/** A test's sources, and the tracer that it began with. */
interface ObservedTest {
  readonly tracer: Tracer;
  readonly sources: SourceName[];
  /** Up to when the tracer has answered. */
  answered_ns: bigint;
  /** The loss of the tracer is on the bus. */
  confessed: boolean;
}

const { run, bus } = collectorArgs();
const log = openBusWriter(bus, run, 'syscall');
const publisher = new Publisher('syscall', log);
const ringBytes = Number(process.env['FAULTBOX_RING_BYTES'] ?? 64 << 20);
let latest = startTracer();
const tests = new Map<string, ObservedTest>();
/** Beyond any position that the tracer gave: what this process says of a source when the tracer is gone. */
let position = 2 ** 52;

function startTracer(): Tracer {
  const tracer: Tracer = new Tracer((records, count) => {
    log.append(records, count);
    if (log.crowded) tracer.holdUntil(log.room());
  }, ringBytes);
  return tracer;
}

/** A tracer that is dead is replaced for the tests that begin later. */
function begin(test: string): ObservedTest {
  if (latest.dead) latest = startTracer();
  const begun: ObservedTest = { tracer: latest, sources: [], answered_ns: monotonicNs(), confessed: false };
  tests.set(test, begun);
  return begun;
}

async function attach(request: Attach): Promise<void> {
  const { test, source, service, trace, cgroup } = request;
  const { tracer, sources } = tests.get(test) ?? begin(test);
  await tracer.command('attach', run, test, service, source, trace, cgroup);
  await log.durable();
  sources.push({ run, test, source, service });
}

/** The tracer is dead: every source of the test has lost an unknown number of events, and is incomplete at each barrier. */
function confess(test: ObservedTest, barrier: number, until_ns: bigint, reason: string): void {
  const now = monotonicNs();
  for (const name of test.sources) {
    if (!test.confessed) publisher.publish(name, position++, 'gap', test.answered_ns, { until_ns: now, reason });
    publisher.publish(name, position++, 'incomplete', now, { barrier, until_ns, reason });
  }
  test.confessed = true;
  publisher.flush();
}

async function barrier(request: Barrier): Promise<void> {
  const test = tests.get(request.test);
  if (!test) return;
  const { tracer } = test;
  try {
    await tracer.command('barrier', request.test, request.barrier, request.until_ns, request.deadline_ns);
    test.answered_ns = BigInt(request.until_ns);
  } catch (error) {
    if (!tracer.dead) throw error;
    confess(test, request.barrier, BigInt(request.until_ns), tracer.dead.message);
  }
  await log.durable();
}

async function detach(test: string): Promise<void> {
  const tracer = tests.get(test)?.tracer;
  tests.delete(test);
  if (tracer && !tracer.dead) await tracer.command('detach', test);
}

serveCollector('syscall', { attach, barrier, detach }, async () => {
  await latest.end();
  await publisher.close();
  process.exit(0);
});
