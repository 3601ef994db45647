import { mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { monotonicNs } from '../../../services/collector/clock.ts';
import type { Plan, ServicePlan, SourcePlan } from '../../spec/plan.ts';
import { interruption } from '../interruption.ts';
import { Barriers } from './barriers.ts';
import type { Proof } from '../../../schemas/proof.ts';
import type { CollectorKind } from '../processes/collector.ts';
import type { TestContext } from './context.ts';
import { findProgram } from './programs.ts';
import { ServiceProcess } from './service-process.ts';
import { sourceName } from '../../spec/source-name.ts';
import type { Watch } from './watch.ts';
import { startOrder, untilReady } from './start-services.ts';

const grace_ms = 2000;

/** Everything that exists only while one test runs: its services, ports, sources, faults. */
export class World {
  readonly services: readonly ServiceProcess[];
  readonly barriers: Barriers;
  readonly leases = new Map<number, number>();
  readonly started_ns: bigint;
  readonly #context: TestContext;
  readonly #plans: readonly ServicePlan[];
  readonly #specDir: string;
  /** True once the test has its first record on the bus. */
  begun = false;
  #hasCgroup = false;
  /** Sources that need a running service to answer, and who watches them. */
  readonly #remote = new Map<string, SourcePlan['kind']>();
  #rules = 0;

  constructor(context: TestContext, plan: Plan, filters: ReadonlyMap<string, ReadonlySet<string>>, watch: Watch | null) {
    this.#context = context;
    this.#plans = startOrder(plan.services);
    this.#specDir = dirname(plan.spec);
    this.services = this.#plans.map((s) => new ServiceProcess(s, context, filters.get(s.name) ?? new Set()));
    this.barriers = new Barriers(context, this.services, watch && ((seq) => watch.advance(seq)));
    this.started_ns = monotonicNs();
    mkdirSync(context.dir, { recursive: true, mode: 0o755 });
    mkdirSync(context.tmp, { recursive: true, mode: 0o711 });
  }

  /** Makes the world up to the point where the scenario can begin: cgroups, ports, sources ready, services up. */
  async build(stop: AbortSignal): Promise<void> {
    const { keeper, recorder, test } = this.#context;
    const programs = this.#plans.map((s) => findProgram(s, this.#specDir, this.#context.cwd));
    await keeper.test(test);
    this.#hasCgroup = true;
    const ports: Record<string, { ports: Record<string, number> }> = {};
    for (const s of this.#plans) {
      ports[s.name] = { ports: {} };
      for (const { port } of s.interfaces) {
        const leased = this.leases.get(port) ?? (await keeper.lease(test, port));
        this.leases.set(port, leased);
        ports[s.name]!.ports[port] = leased;
      }
    }
    recorder.write(test, 'test', { data: JSON.stringify({ name: test, services: ports }) }, this.started_ns);
    this.begun = true;
    const cgroups = await Promise.all(this.#plans.map((s) => keeper.service(test, s.name)));
    await Promise.all(this.services.map((s, i) => this.#attach(s, cgroups[i]!)));
    for (const [i, service] of this.services.entries()) {
      if (stop.aborted) throw interruption();
      await service.start(programs[i]!, cgroups[i]!);
      await untilReady(service, this.leases, stop);
      recorder.write(test, 'lifecycle', { data: '{"event":"ready"}' }, monotonicNs(), service.plan.name);
      await this.#attachRemote(service);
    }
    await recorder.durable();
  }

  /** A number for a new fault rule. */
  nextRule(): number {
    return ++this.#rules;
  }

  /** Lets go of the sources that need a running service to answer; what they proved last. */
  async leaveRemote(): Promise<readonly Proof[]> {
    if (this.#remote.size === 0) return [];
    const { proofs } = await this.barriers.take('judge');
    const { collectors, test } = this.#context;
    for (const source of this.#remote.keys()) this.barriers.detach(source);
    await Promise.all(
      [...new Set(this.#remote.values())].map((kind) =>
        collectors
          .of(kind)
          .ask({ do: 'detach', test })
          .catch(() => {}),
      ),
    );
    return proofs.filter((p) => this.#remote.has(p.source));
  }

  /** Ends the services: SIGTERM, then everything that is left. */
  async stopServices(): Promise<void> {
    // A keeper that is gone has taken its rules with it.
    await Promise.all(this.services.map((s) => s.faults.disarm('*').catch(() => {})));
    await Promise.all(this.services.map((s) => s.stop(grace_ms)));
  }

  /** Lets go of everything else. */
  async dismantle(): Promise<void> {
    const { collectors, keeper, recorder, test } = this.#context;
    await Promise.all(this.services.map((s) => s.end()));
    await Promise.all([collectors.detach(test), this.#hasCgroup ? keeper.endTest(test) : null]);
    if (this.begun) recorder.write(test, 'end');
    await recorder.sync();
    rmSync(this.#context.tmp, { recursive: true, force: true });
  }

  async #attach(service: ServiceProcess, cgroup: string): Promise<void> {
    const { maxOutput } = this.#context;
    const { plan } = service;
    const limits = { max_lines: maxOutput.lines, max_bytes: maxOutput.bytes };
    const attach = (kind: string, collector: CollectorKind | null, own: object) =>
      this.#attachSource(`${kind}/${plan.name}`, plan.name, collector, own);
    await Promise.all([
      attach('fault', null, {}),
      attach('syscall', 'syscall', { cgroup, trace: plan.trace }),
      attach('stdout', 'stdout', { stream: 'stdout', file: service.stdoutFile, decoder: plan.stdout, ...limits }),
      attach('stderr', 'stdout', { stream: 'stderr', file: service.stderrFile, decoder: plan.stderr, ...limits }),
    ]);
  }

  /** Attaches what is watched over the service's own interfaces: it has to be up. */
  async #attachRemote({ plan }: ServiceProcess): Promise<void> {
    const ports = Object.fromEntries(plan.interfaces.map(({ name, port }) => [name, this.leases.get(port) ?? port]));
    await Promise.all(
      plan.sources.map(async (own) => {
        const source = sourceName(plan.name, own);
        await this.#attachSource(source, plan.name, own.kind, { plan: own, leases: Object.fromEntries(this.leases), interfaces: ports });
        this.#remote.set(source, own.kind);
      }),
    );
  }

  async #attachSource(source: string, service: string, collector: CollectorKind | null, own: object): Promise<void> {
    const { collectors, recorder, test } = this.#context;
    recorder.write(test, 'attach', { data: JSON.stringify({ source, kind: source.split('/', 1)[0] }) }, monotonicNs(), service);
    if (collector) await collectors.of(collector).ask({ do: 'attach', test, source, service, ...own });
    this.barriers.attach(source, { collector, service });
  }
}
