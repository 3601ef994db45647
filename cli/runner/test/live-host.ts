import { setTimeout as pause } from 'node:timers/promises';
import type { FaultPlan } from '../../spec/plan.ts';
import { EnvironmentError } from '../environment-error.ts';
import { violationCode, type HostRequest, type QueryRequest, type StepRequest } from '../host.ts';
import type { TestError } from '../result.ts';
import type { HostServer } from '../worker/spec-worker.ts';
import type { TestContext } from './context.ts';
import type { ServiceProcess } from './service-process.ts';
import { carryOutStep } from './steps.ts';
import type { TestInput } from './run-test.ts';
import type { ViolationNotice } from '../worker/messages.ts';
import type { Watch } from './watch.ts';
import type { World } from './world.ts';

/** A query of an assertion, answered by the store. */
export type Query = (request: QueryRequest) => Promise<readonly object[]>;

/** Carries out what a running test asks for, and puts each call with its reply on the bus. */
export class LiveHost implements HostServer {
  readonly prints: string[] = [];
  readonly #context: TestContext;
  readonly #world: World;
  readonly #input: TestInput;
  /** Settles when a monitor is violated: nothing more is carried out for the test. */
  readonly #stopped: Promise<{ readonly violation: ViolationNotice }>;
  readonly #pauses = new AbortController();

  constructor(context: TestContext, world: World, input: TestInput, watch: Watch | null) {
    this.#context = context;
    this.#world = world;
    this.#input = input;
    this.#stopped =
      watch === null
        ? new Promise(() => {})
        : watch.violated.then((violation) => {
            this.#record('violation', violation, 'test');
            this.#pauses.abort();
            return { violation };
          });
  }

  /** Arms the faults that the plan gives this test. */
  async armPlanned(): Promise<void> {
    await Promise.all(this.#input.test.faults.map((fault) => this.#arm(fault)));
  }

  /** A launcher that died makes the test an error. */
  lostLauncher(): TestError | null {
    const lost = this.#world.services.find((s) => s.lost !== null);
    return lost ? { kind: 'environment', code: 'E_LAUNCH', text: lost.lost! } : null;
  }

  async answer(request: HostRequest): Promise<unknown> {
    if (request.name === 'query') return this.#input.query(request.arg as QueryRequest);
    const call = { name: request.name, arg: request.arg ?? null };
    const reply = await Promise.race([this.#carryOut(request).then((value) => ({ value })), this.#stopped]);
    this.#record('call', 'value' in reply ? { ...call, reply: reply.value ?? null } : { ...call, stopped: true });
    if ('value' in reply) return reply.value;
    throw new EnvironmentError(violationCode, reply.violation.message);
  }

  print(text: string): void {
    this.prints.push(text);
    this.#record('print', { text });
  }

  #record(type: string, data: object, service = ''): void {
    this.#context.recorder.write(this.#context.test, type, { data: JSON.stringify(data) }, undefined, service);
  }

  async #carryOut({ name, arg }: HostRequest): Promise<unknown> {
    switch (name) {
      case 'step':
        return carryOutStep(
          this.#context,
          this.#world.services.map((s) => s.plan),
          this.#world.leases,
          arg as StepRequest,
        );
      case 'sleep':
        return pause(arg as number, undefined, { signal: this.#pauses.signal }).catch(() => {});
      case 'barrier':
        return this.#world.barriers.take('judge');
      case 'arm':
        return this.#armAll(arg as FaultPlan[]);
      case 'disarm':
        return this.#disarm(arg as number[]);
      case 'now_ms':
        return performance.now();
      case 'query':
      case 'print':
        throw new Error(`${name} is answered elsewhere`);
    }
  }

  async #armAll(faults: readonly FaultPlan[]): Promise<number[]> {
    const missing: Record<string, string[]> = {};
    for (const fault of faults)
      if (!this.#service(fault.service).faults.canArm(fault)) missing[fault.service] = [...(missing[fault.service] ?? []), ...fault.calls];
    if (Object.keys(missing).length > 0) throw new EnvironmentError('E_FILTER', JSON.stringify(missing));
    return Promise.all(faults.map((fault) => this.#arm(fault)));
  }

  async #arm(fault: FaultPlan): Promise<number> {
    const rule = this.#world.nextRule();
    await this.#service(fault.service).faults.arm(rule, fault, this.#context.seed);
    return rule;
  }

  async #disarm(rules: readonly number[]): Promise<void> {
    for (const service of this.#world.services)
      for (const rule of rules) if (service.faults.rules.has(rule)) await service.faults.disarm(rule);
  }

  #service(name: string): ServiceProcess {
    const found = this.#world.services.find((s) => s.plan.name === name);
    if (!found) throw new EnvironmentError('E_INTERNAL', `There is no service "${name}".`);
    return found;
  }
}
