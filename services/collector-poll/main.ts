/** collector-poll: samples commands again and again and makes an event of each change of their results. */
import { openBusWriter } from '../bus/open.ts';
import { collectorArgs } from '../collector/args.ts';
import { ChannelFailure, type Request } from '../collector/channel.ts';
import { Publisher } from '../collector/publisher.ts';
import { serveCollector } from '../collector/serve.ts';
import { targetOf, type PollPlan, type Ports } from './plan.ts';
import { Poll } from './poll.ts';

interface Attach extends Request, Ports {
  readonly test: string;
  readonly source: string;
  readonly service: string;
  readonly plan: PollPlan;
}
interface Barrier extends Request {
  readonly test: string;
  readonly barrier: number;
  readonly deadline_ns: string;
}

const { run, bus } = collectorArgs();
const publisher = new Publisher('poll', openBusWriter(bus, run, 'poll'));
const polls = new Map<string, Poll[]>();

async function attach(request: Attach): Promise<void> {
  const { test, source, service, plan } = request;
  const poll = new Poll({ run, test, source, service }, plan, targetOf(plan, request), publisher);
  polls.set(test, [...(polls.get(test) ?? []), poll]);
  try {
    await poll.ready();
  } catch (error) {
    throw new ChannelFailure(
      'E_POLL',
      `poll(command=${JSON.stringify(plan.command)}) on "${service}" failed: ${(error as Error).message}.`,
    );
  }
  await publisher.durable();
}

async function barrier({ test, barrier: number, deadline_ns }: Barrier): Promise<void> {
  await Promise.all((polls.get(test) ?? []).map((poll) => poll.barrier(number, BigInt(deadline_ns))));
  await publisher.durable();
}

function detach(test: string): void {
  for (const poll of polls.get(test) ?? []) poll.close();
  polls.delete(test);
}

serveCollector('poll', { attach, barrier, detach }, async () => {
  for (const test of [...polls.keys()]) detach(test);
  await publisher.close();
  process.exit(0);
});
