import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicNs } from '../../../services/collector/clock.ts';
import type { ServicePlan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import { fileName } from '../folders.ts';
import { Launch, type Drained, type Notice } from '../processes/launch.ts';
import { userOf } from '../user.ts';
import { lastLines } from './last-lines.ts';
import type { TestContext } from './context.ts';
import { ServiceFaults } from './service-faults.ts';

/** How a service's first process ended. */
export interface Ending {
  readonly how: string;
  readonly at_ns: bigint;
}

/** One service of a test while it runs: its launcher, its notices turned into records. */
export class ServiceProcess {
  readonly plan: ServicePlan;
  readonly stdoutFile: string;
  readonly stderrFile: string;
  readonly faults: ServiceFaults;
  ending: Ending | null = null;
  /** Why the test cannot stand: launch went before it was asked to, or refused a fault. */
  lost: string | null = null;
  readonly #context: TestContext;
  readonly #executed = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  #launch: Launch | null = null;
  #cgroup = '';
  #stopping = false;
  /** The service has ended, and launch with it, as it should. */
  #finished = false;

  constructor(plan: ServicePlan, context: TestContext, filter: ReadonlySet<string>) {
    this.plan = plan;
    this.#context = context;
    this.faults = new ServiceFaults(plan.name, context, filter);
    this.#executed.promise.catch(() => {});
    const at = (stream: string) => join(context.dir, `${fileName(plan.name)}.${stream}`);
    this.stdoutFile = at('stdout');
    this.stderrFile = at('stderr');
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
        filter: [...this.faults.filter],
        user,
        env: { ...inherited(), TMPDIR: tmp, ...plan.env },
        log: join(this.#context.dir, `${fileName(plan.name)}.launch.log`),
      },
      (notice) => this.#on(notice),
    );
    this.faults.through(this.#launch, cgroup);
    await this.#executed.promise;
  }

  /** How it ended when nothing of it runs any more; null while something does. */
  get over(): string | null {
    return this.#finished ? (this.ending?.how ?? 'ended') : null;
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
        return this.faults.struck(notice);
      case 'answered':
        return this.faults.answered(notice.hit, notice.at_ns);
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
