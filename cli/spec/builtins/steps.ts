import type { Builtin } from '../../starlark/index.ts';
import type { InterfacePlan } from '../plan.ts';
import type { Session } from '../session.ts';
import type { StepCall } from '../step-call.ts';
import { builtin, type Arguments, type Param, type Signature } from './signature.ts';
import { httpSteps } from './steps/http.ts';
import { kafkaSteps } from './steps/kafka.ts';
import { natsSteps } from './steps/nats.ts';
import { postgresSteps } from './steps/postgres.ts';
import { redisSteps } from './steps/redis.ts';
import { tcpSteps } from './steps/tcp.ts';

const step_ms = 30_000;
const timeoutParam: Param = { name: 'timeout', type: 'duration', keyword: true, doc: 'how long the answer may take; 30 s' };

/** A step as its protocol defines it: what it takes, and what is asked of the service then. */
export interface StepDefinition {
  readonly signature: Omit<Signature, 'when'>;
  call(args: Arguments): StepCall;
}

/** The step methods of an interface, by its protocol. */
export function stepsFor(session: Session, service: string, plan: InterfacePlan): ReadonlyMap<string, Builtin> {
  return new Map(definitions(plan).map((d) => [d.signature.name, step(session, service, plan, d)]));
}

function definitions(plan: InterfacePlan): readonly StepDefinition[] {
  switch (plan.protocol) {
    case 'http':
      return httpSteps;
    case 'tcp':
      return tcpSteps;
    case 'redis':
      return redisSteps;
    case 'postgres':
      return postgresSteps;
    case 'kafka':
      return kafkaSteps;
    case 'nats':
      return natsSteps;
  }
}

function step(session: Session, service: string, plan: InterfacePlan, { signature, call }: StepDefinition): Builtin {
  const { name, params } = signature;
  return builtin({ ...signature, params: [...params, timeoutParam], when: 'test' }, (args) =>
    session
      .trial(`${service}.${name}`)
      .step({ service, interface: plan, method: name, call: call(args), timeout_ms: args.duration('timeout') ?? step_ms }),
  );
}
