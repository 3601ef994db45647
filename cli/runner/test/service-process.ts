import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicNs } from '../../../services/collector/clock.ts';
import { errnos } from '../../spec/errnos.ts';
import type { FaultPlan, ServicePlan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import { fileName } from '../folders.ts';
import type { ConnectHit } from '../processes/keeper.ts';
import { Launch, type Drained, type Notice } from '../processes/launch.ts';
import { userOf } from '../user.ts';
import { isNetworkConnectDeny } from './connect-faults.ts';
import { lastLines } from './last-lines.ts';
import type { TestContext } from './context.ts';

/** How a service's first process ended. */
export interface Ending {
  readonly how: string;
  readonly at_ns: bigint;
}

/** A rule that launch or the keeper was told, and how often it has struck. */
export interface ArmedRule {
  readonly rule: number;
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

/** One service of a test while it runs: its launcher, its notices turned into records. */
export class ServiceProcess {
  readonly plan: ServicePlan;
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly rules = new Map<number, ArmedRule>();
  readonly #inForce = new Set<number>();
  ending: Ending | null = null;
  /** Why the test cannot stand: launch went before it was asked to, or refused a fault. */
  lost: string | null = null;
  readonly #context: TestContext;
  readonly #filter: ReadonlySet<string>;
  readonly #pending = new Map<number, Extract<Notice, { kind: 'hit' }>>();
  readonly #executed = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #launch: Launch | null = null;
  #cgroup = '';
  #atCgroup = false;
  #lostHits = 0;
  /** Counts down, so that no number is a barrier's. */
  #orders = 0;
  #stopping = false;
  /** The service has ended, and launch with it, as it should. */
  #finished = false;

  constructor(plan: ServicePlan, context: TestContext, filter: ReadonlySet<string>) {
    this.plan = plan;
    this.#context = context;
    this.#filter = filter;
    this.#executed.promise.catch(() => {});
    const at = (stream: string) => join(context.dir, `${fileName(plan.name)}.${stream}`);
    this.stdoutFile = at('stdout');
    this.stderrFile = at('stderr');
  }

  get faultSource(): string {
    return `fault/${this.plan.name}`;
  }

  /** Settles when the program runs. Rejects when it cannot. */
  async start(program: string, cgroup: string): Promise<void> {
    const { plan } = this;
    this.#cgroup = cgroup;
    const tmp = join(this.#context.tmp, fileName(plan.name));
    const user = plan.user === null ? null : userOf(plan.user);
    mkdirSync(tmp, { recursive: true, mode: 0o700 });
    if (user) chownSync(tmp, user.uid, user.gid);
    this.#launch = new Launch(
      {
        cgroup,
        program,
        args: plan.args,
        cwd: this.#context.cwd,
        stdout: this.stdoutFile,
        stderr: this.stderrFile,
        filter: [...this.#filter],
        user,
        env: { ...inherited(), TMPDIR: tmp, ...plan.env },
        log: join(this.#context.dir, `${fileName(plan.name)}.launch.log`),
      },
      (notice) => this.#on(notice),
    );
    await this.#executed.promise;
  }

  /** True when the fault needs no filter, or every call that it needs is in the filter that the service started with. */
  canArm(fault: FaultPlan): boolean {
    return this.#strikesAtCgroup(fault) || fault.calls.every((call) => this.#filter.has(call));
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
    this.rules.set(rule, { rule, fault, hits: 0 });
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

  async drain(barrier: number): Promise<Drained | null> {
    return (await this.#launch?.drain(barrier)) ?? null;
  }

  /** Gets the hits that launch and the keeper still have. Says why one may be missing; null when all are known. */
  async drainHits(): Promise<Doubt | null> {
    if (this.#filter.size > 0) await this.#order(() => {});
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

  /** SIGTERM, then after the grace everything; settles when the cgroup is empty. */
  async stop(grace_ms: number): Promise<void> {
    if (!this.#launch) return;
    this.#stopping = true;
    if (this.ending === null) this.#lifecycle({ event: 'stopping' }, monotonicNs());
    this.#launch.stop(grace_ms);
    await this.#ended.promise;
  }

  /** Lets launch go. */
  async end(): Promise<void> {
    this.#context.keeper.unwatch(this.#cgroup);
    await this.#launch?.end();
  }

  /** Its last lines, for an error message. */
  lastLines(): string {
    return lastLines([this.stderrFile, this.stdoutFile]);
  }

  #on(notice: Notice): void {
    switch (notice.kind) {
      case 'pipes':
        return this.#context.recorder.write(
          this.#context.test,
          'stdio',
          { data: JSON.stringify({ stdout: notice.stdoutInode, stderr: notice.stderrInode }) },
          monotonicNs(),
          this.plan.name,
        );
      case 'exec':
        this.#lifecycle({ event: 'started', pid: notice.pid }, notice.at_ns);
        return this.#executed.resolve();
      case 'failed':
        return this.#executed.reject(new EnvironmentError('E_EXEC', `Service "${this.plan.name}" cannot be started: ${notice.text}.`));
      case 'refused':
        return void (this.lost = `A fault on "${this.plan.name}" cannot be enforced: ${notice.text}`);
      case 'hit':
        return void this.#pending.set(notice.hit, notice);
      case 'answered':
        return this.#struck(notice.hit, notice.at_ns);
      case 'gap':
        return this.#gap(notice);
      case 'exited':
        return this.#onEnding({ event: 'exited', code: notice.code }, `exited with code ${notice.code}`, notice.at_ns);
      case 'signalled':
        return this.#onEnding({ event: 'signalled', code: notice.signal }, `was ended by signal ${notice.signal}`, notice.at_ns);
      case 'empty':
        this.#finished = true;
        return this.#ended.resolve();
      case 'gone':
        if (!this.#stopping && !this.#finished) this.lost = `native/launch of "${this.plan.name}" was ended by ${notice.how}`;
        this.#executed.reject(new EnvironmentError('E_LAUNCH', `native/launch of "${this.plan.name}" ended (${notice.how}).`));
        return this.#ended.resolve();
    }
  }

  #onEnding(data: object, how: string, at_ns: bigint): void {
    this.ending = { how, at_ns };
    this.#lifecycle(data, at_ns);
  }

  #lifecycle(data: object, at_ns: bigint): void {
    this.#context.recorder.write(this.#context.test, 'lifecycle', { data: JSON.stringify(data) }, at_ns, this.plan.name);
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

  #struck(hit: number, answered_ns: bigint): void {
    const notice = this.#pending.get(hit);
    if (!notice) return;
    this.#pending.delete(hit);
    this.#recordHit(notice, notice.call, hit, answered_ns - notice.at_ns);
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
      this.faultSource,
      this.plan.name,
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

  #gap(notice: Extract<Notice, { kind: 'gap' }>): void {
    const now = monotonicNs();
    this.#context.recorder.write(
      this.#context.test,
      'gap',
      {
        until_ns: now,
        lost: notice.to - notice.from,
        reason: `${notice.to - notice.from} bytes of ${notice.stream} were lost: ${notice.errno}`,
        data: JSON.stringify({ source: `${notice.stream}/${this.plan.name}` }),
      },
      now,
      this.plan.name,
    );
  }
}

function inherited(): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of ['PATH', 'HOME', 'USER', 'LANG', 'TZ']) {
    const value = process.env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
