import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicNs } from '../../../services/collector/clock.ts';
import { errnos } from '../../spec/errnos.ts';
import type { FaultPlan, ServicePlan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import { fileName } from '../folders.ts';
import { Launch, type Drained, type Notice } from '../processes/launch.ts';
import { userOf } from '../user.ts';
import { lastLines } from './last-lines.ts';
import type { TestContext } from './context.ts';

/** How a service's first process ended. */
export interface Ending {
  readonly how: string;
  readonly at_ns: bigint;
}

/** A rule that launch was told, and how often it has struck. */
export interface ArmedRule {
  readonly rule: number;
  readonly fault: FaultPlan;
  hits: number;
}

/** One service of a test while it runs: its launcher, its notices turned into records. */
export class ServiceProcess {
  readonly plan: ServicePlan;
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly rules = new Map<number, ArmedRule>();
  ending: Ending | null = null;
  /** Why the test cannot stand: launch went before it was asked to, or refused a fault. */
  lost: string | null = null;
  readonly #context: TestContext;
  readonly #filter: ReadonlySet<string>;
  readonly #pending = new Map<number, Extract<Notice, { kind: 'hit' }>>();
  readonly #executed = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #launch: Launch | null = null;
  #stopping = false;

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
    const tmp = join(this.#context.tmp, fileName(plan.name));
    const user = plan.user === null ? null : userOf(plan.user);
    mkdirSync(tmp, { recursive: true, mode: 0o700 });
    if (user) chownSync(tmp, user.uid, user.gid);
    this.#launch = new Launch({
      cgroup, program, args: plan.args, cwd: this.#context.cwd, stdout: this.stdoutFile, stderr: this.stderrFile, filter: [...this.#filter],
      user,
      env: { ...inherited(), TMPDIR: tmp, ...plan.env },
      log: join(this.#context.dir, `${fileName(plan.name)}.launch.log`),
    }, (notice) => this.#on(notice));
    await this.#executed.promise;
  }

  get pid(): number {
    return this.#launch?.pid ?? -1;
  }

  /** True when every call that a fault needs is in the filter that the service started with. */
  canArm(fault: FaultPlan): boolean {
    return fault.calls.every((call) => this.#filter.has(call));
  }

  arm(rule: number, fault: FaultPlan, seed: number): void {
    this.rules.set(rule, { rule, fault, hits: 0 });
    const action = fault.action.kind === 'deny' ? `deny ${errnos.get(fault.action.errno)}` : `delay ${fault.action.duration_ns}`;
    const ppm = Math.round(fault.probability * 1e6);
    this.#launch?.arm(`${rule} ${fault.calls.join(',')} ${action} ${fault.on} ${fault.after} ${fault.count ?? 0} ${ppm} ${seed + rule} ${fault.path ?? '*'}`);
  }

  disarm(rule: number | '*'): void {
    this.#launch?.disarm(rule);
  }

  async drain(barrier: number): Promise<Drained | null> {
    return (await this.#launch?.drain(barrier)) ?? null;
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
    await this.#launch?.end();
  }

  /** Its last lines, for an error message. */
  lastLines(): string {
    return lastLines([this.stderrFile, this.stdoutFile]);
  }

  #on(notice: Notice): void {
    switch (notice.kind) {
      case 'pipes': return this.#context.recorder.write(this.#context.test, 'stdio', { data: JSON.stringify({ stdout: notice.stdoutInode, stderr: notice.stderrInode }) }, monotonicNs(), this.plan.name);
      case 'exec':
        this.#lifecycle({ event: 'started', pid: notice.pid }, notice.at_ns);
        return this.#executed.resolve();
      case 'failed': return this.#executed.reject(new EnvironmentError('E_EXEC', `Service "${this.plan.name}" cannot be started: ${notice.text}.`));
      case 'refused': return void (this.lost = `A fault on "${this.plan.name}" cannot be enforced: ${notice.text}`);
      case 'hit': return void this.#pending.set(notice.hit, notice);
      case 'answered': return this.#struck(notice.hit, notice.at_ns);
      case 'gap': return this.#gap(notice);
      case 'exited': return this.#onEnding({ event: 'exited', code: notice.code }, `exited with code ${notice.code}`, notice.at_ns);
      case 'signalled': return this.#onEnding({ event: 'signalled', code: notice.signal }, `was ended by signal ${notice.signal}`, notice.at_ns);
      case 'empty': return this.#ended.resolve();
      case 'gone':
        if (!this.#stopping) this.lost = `native/launch of "${this.plan.name}" was ended by ${notice.how}`;
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

  #struck(hit: number, answered_ns: bigint): void {
    const notice = this.#pending.get(hit);
    const armed = notice && this.rules.get(notice.rule);
    if (!notice || !armed) return;
    this.#pending.delete(hit);
    armed.hits++;
    const { action, label } = armed.fault;
    this.#context.recorder.writeFor(this.#context.test, this.faultSource, this.plan.name, 'fault', {
      syscall: notice.call, pid: notice.pid, tid: notice.tid, duration_ns: answered_ns - notice.at_ns, label, data: JSON.stringify({ hit, rule: notice.rule }),
      decision: action.kind === 'deny' ? `deny(${action.errno})` : `delay(${action.duration_ns / 1e6}ms)`,
    }, notice.at_ns);
  }

  #gap(notice: Extract<Notice, { kind: 'gap' }>): void {
    const now = monotonicNs();
    this.#context.recorder.write(this.#context.test, 'gap', {
      until_ns: now, lost: notice.to - notice.from, reason: `${notice.to - notice.from} bytes of ${notice.stream} were lost: ${notice.errno}`,
      data: JSON.stringify({ source: `${notice.stream}/${this.plan.name}` }),
    }, now, this.plan.name);
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
