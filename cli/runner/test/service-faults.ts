import { errnos } from '../../spec/errnos.ts';
import type { FaultPlan } from '../../spec/plan.ts';
import type { ConnectHit } from '../processes/keeper.ts';
import type { Launch, Notice } from '../processes/launch.ts';
import { isNetworkConnectDeny } from './connect-faults.ts';
import type { TestContext } from './context.ts';

type Hit = Extract<Notice, { kind: 'hit' }>;

/** A rule that launch or the keeper was told, and how often it has struck. */
export interface ArmedRule {
  readonly fault: FaultPlan;
  hits: number;
}

/** Why what a source told may not be all; `lost` is null when nobody knows how much is missing. */
export interface Doubt {
  readonly lost: number | null;
  readonly reason: string;
}

const commitCalls: ReadonlySet<string> = new Set([
  'write',
  'writev',
  'pwrite64',
  'pwritev',
  'pwritev2',
  'open',
  'openat',
  'fsync',
  'fdatasync',
]);

/** The faults of one service: armed at launch, or at the service's cgroup by the keeper; each hit becomes a record. */
export class ServiceFaults {
  /** The calls that the service's seccomp filter lets be struck. */
  readonly filter: ReadonlySet<string>;
  readonly rules = new Map<number, ArmedRule>();
  readonly #service: string;
  readonly #context: TestContext;
  readonly #inForce = new Set<number>();
  readonly #pending = new Map<number, Hit>();
  #launch: Launch | null = null;
  #cgroup = '';
  #atCgroup = false;
  #lostHits = 0;
  /** Counts down, so that no number is a barrier's. */
  #orders = 0;

  constructor(service: string, context: TestContext, filter: ReadonlySet<string>) {
    this.#service = service;
    this.#context = context;
    this.filter = filter;
  }

  /** The service runs: from now on faults go through its launcher and to its cgroup. */
  through(launch: Launch, cgroup: string): void {
    this.#launch = launch;
    this.#cgroup = cgroup;
  }

  get source(): string {
    return `fault/${this.#service}`;
  }

  /** True when the fault needs no filter, or every call that it needs is in the filter that the service started with. */
  canArm(fault: FaultPlan): boolean {
    return this.#strikesAtCgroup(fault) || fault.calls.every((call) => this.filter.has(call));
  }

  /** Whether a fault that is in force could strike what a commit does to files. */
  get strikesCommits(): boolean {
    return [...this.#inForce].some((rule) => {
      const { calls, on } = this.rules.get(rule)!.fault;
      return on !== 'socket' && on !== 'stdio' && calls.some((call) => commitCalls.has(call));
    });
  }

  /** Arms a fault; settles when it is in force. */
  async arm(rule: number, fault: FaultPlan, seed: number): Promise<void> {
    this.rules.set(rule, { fault, hits: 0 });
    this.#inForce.add(rule);
    const { after, count } = fault;
    const ppm = Math.round(fault.probability * 1e6);
    if (fault.action.kind === 'deny' && this.#strikesAtCgroup(fault)) {
      this.#atCgroup = true;
      const denied = {
        rule,
        errno: errnos.get(fault.action.errno) ?? 0,
        after,
        count: count ?? 0,
        probability_ppm: ppm,
        seed: seed + rule,
      };
      return this.#context.keeper.arm(this.#cgroup, denied, {
        hit: (hit) => this.#connectDenied(hit),
        lost: (hits) => void (this.#lostHits += hits),
      });
    }
    const action = fault.action.kind === 'deny' ? `deny ${errnos.get(fault.action.errno)}` : `delay ${fault.action.duration_ns}`;
    await this.#order((launch) =>
      launch.arm(
        `${rule} ${fault.calls.join(',')} ${action} ${fault.on} ${after} ${count ?? 0} ${ppm} ${seed + rule} ${fault.path ?? '*'}`,
      ),
    );
  }

  async disarm(rule: number | '*'): Promise<void> {
    const armed = rule === '*' ? null : this.rules.get(rule);
    if (rule === '*') this.#inForce.clear();
    else this.#inForce.delete(rule);
    if (!armed || !this.#strikesAtCgroup(armed.fault)) await this.#order((launch) => launch.disarm(rule));
    if (this.#atCgroup && (!armed || this.#strikesAtCgroup(armed.fault))) await this.#context.keeper.disarm(this.#cgroup, rule);
  }

  /** Gets the hits that launch and the keeper still have. Says why one may be missing; null when all are known. */
  async drainHits(): Promise<Doubt | null> {
    if (this.filter.size > 0) await this.#order(() => {});
    if (!this.#atCgroup) return null;
    try {
      await this.#context.keeper.drain(this.#context.test);
    } catch (cause) {
      return { lost: null, reason: (cause as Error).message };
    }
    return this.#lostHits > 0
      ? { lost: this.#lostHits, reason: `${this.#lostHits} hits on connect found no room on their way to the keeper` }
      : null;
  }

  /** Launch holds a call that a fault strikes. */
  struck(hit: Hit): void {
    this.#pending.set(hit.hit, hit);
  }

  /** Launch has answered a call that it held. */
  answered(hit: number, at_ns: bigint): void {
    const struck = this.#pending.get(hit);
    if (!struck) return;
    this.#pending.delete(hit);
    this.#recordHit(struck, struck.call, hit, at_ns - struck.at_ns);
  }

  /** Tells launch something and waits until it has read it: its answers come in the order of what it is told. */
  async #order(tell: (launch: Launch) => void): Promise<void> {
    if (!this.#launch) return;
    tell(this.#launch);
    await this.#launch.drain(--this.#orders);
  }

  #strikesAtCgroup(fault: FaultPlan): boolean {
    return this.#context.keeper.netFaults && isNetworkConnectDeny(fault);
  }

  #connectDenied(struck: ConnectHit): void {
    this.#recordHit(struck, 'connect', (this.rules.get(struck.rule)?.hits ?? 0) + 1, 0n);
  }

  #recordHit(struck: ConnectHit, syscall: string, hit: number, duration_ns: bigint): void {
    const armed = this.rules.get(struck.rule);
    if (!armed) return;
    armed.hits++;
    const { action, label } = armed.fault;
    this.#context.recorder.writeFor(
      this.#context.test,
      this.source,
      this.#service,
      'fault',
      {
        syscall,
        pid: struck.pid,
        tid: struck.tid,
        duration_ns,
        label,
        data: JSON.stringify({ hit, rule: struck.rule }),
        decision: action.kind === 'deny' ? `deny(${action.errno})` : `delay(${action.duration_ns / 1e6}ms)`,
      },
      struck.at_ns,
    );
  }
}
