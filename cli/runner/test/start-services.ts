import type { HealthcheckPlan, InterfacePlan, Logins, ServicePlan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import { interruption } from '../interruption.ts';
import { untilWell, type Probe } from '../health.ts';
import type { ServiceProcess } from './service-process.ts';

/** The port on the host that stands for a port of the spec, in this test. */
export type Leases = ReadonlyMap<number, number>;

const ready_ms = 10_000;

/** What shows that a service is ready: its healthcheck, else TCP to its first interface, else that its program runs (null). */
export function probeFor(plan: ServicePlan, leases: Leases): { probe: Probe; timeout_ms: number } | null {
  const leased = (port: number) => leases.get(port) ?? port;
  const check: HealthcheckPlan | null = plan.healthcheck;
  if (check?.kind === 'tcp') return { probe: { kind: 'tcp', port: leased(check.port) }, timeout_ms: check.timeout_ms };
  if (check?.kind === 'http') {
    const url = new URL(check.url);
    return {
      probe: { kind: 'http', port: leased(Number(url.port || 80)), host: url.host, path: url.pathname + url.search },
      timeout_ms: check.timeout_ms,
    };
  }
  const first = plan.interfaces[0];
  if (!first) return null;
  return check?.kind === 'ready'
    ? { probe: protocolProbe(first, leased(first.port), plan.logins), timeout_ms: check.timeout_ms }
    : { probe: { kind: 'tcp', port: leased(first.port) }, timeout_ms: ready_ms };
}

/** What an interface answers in its own protocol. */
function protocolProbe({ protocol, port: specPort }: InterfacePlan, port: number, logins: Logins): Probe {
  switch (protocol) {
    case 'http':
      return { kind: 'http', port, host: `localhost:${specPort}`, path: '/' };
    case 'redis':
      return { kind: 'redis', port, login: logins.redis };
    case 'postgres':
      return { kind: 'postgres', port, login: logins.postgres };
    case 'kafka':
      return { kind: 'kafka', port, login: logins.kafka };
    case 'nats':
      return { kind: 'nats', port, login: logins.nats };
    case 'tcp':
      return { kind: 'tcp', port };
  }
}

/** Waits until a started service is ready; an `EnvironmentError` with its last lines when it ends or stays unwell. */
export async function untilReady(service: ServiceProcess, leases: Leases, interrupt: AbortSignal): Promise<void> {
  const { plan } = service;
  const check = probeFor(plan, leases);
  if (!check) return;
  const stop = new AbortController();
  const watch = setInterval(() => {
    if (service.ending || service.lost || interrupt.aborted) stop.abort();
  }, 2);
  const last = await untilWell(check.probe, check.timeout_ms, stop.signal);
  clearInterval(watch);
  if (interrupt.aborted) throw interruption();
  if (last === null) return;
  await service.drain(0);
  const words = service.lastLines();
  const said = words === '' ? ' It wrote nothing.' : ` Its last lines:\n${words.replace(/^/gm, '  ')}`;
  if (service.ending)
    throw new EnvironmentError('E_SERVICE_ENDED', `Service "${plan.name}" ${service.ending.how} before it was ready.${said}`);
  const how =
    check.probe.kind === 'http'
      ? `http://${check.probe.host}${check.probe.path}`
      : `${check.probe.kind} to port ${specPort(check.probe.port, leases)}`;
  const what = last.refused ? 'runs, but refuses faultbox' : `was not ready within ${check.timeout_ms / 1000} s`;
  throw new EnvironmentError('E_NOT_READY', `Service "${plan.name}" ${what}: ${how} said: ${last.said}.${said}`);
}

function specPort(leased: number, leases: Leases): number {
  for (const [port, host] of leases) if (host === leased) return port;
  return leased;
}

/** Services in an order in which each stands behind those that it depends on; the order of the spec otherwise. */
export function startOrder(services: readonly ServicePlan[]): ServicePlan[] {
  const done = new Set<string>();
  const order: ServicePlan[] = [];
  const byName = new Map(services.map((s) => [s.name, s]));
  const visit = (service: ServicePlan) => {
    if (done.has(service.name)) return;
    done.add(service.name);
    for (const name of service.depends_on) {
      const needed = byName.get(name);
      if (needed) visit(needed);
    }
    order.push(service);
  };
  services.forEach(visit);
  return order;
}
