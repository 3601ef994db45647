import type { StepCall } from '../../spec/step-call.ts';
import type { Logins, ServicePlan } from '../../spec/plan.ts';
import type { StepReply, StepRequest } from '../host.ts';
import { httpStep } from '../steps/http.ts';
import { kafkaStep } from '../steps/kafka.ts';
import { natsStep } from '../steps/nats.ts';
import { postgresStep } from '../steps/postgres.ts';
import { redisStep } from '../steps/redis.ts';
import type { OnSend, StepResult, StepTarget } from '../steps/step.ts';
import { tcpStep } from '../steps/tcp.ts';
import type { TestContext } from './context.ts';
import type { Leases } from './start-services.ts';

/** Carries out one step of the scenario and puts both its ends on the bus. */
export async function carryOutStep(
  context: TestContext,
  services: readonly ServicePlan[],
  leases: Leases,
  request: StepRequest,
): Promise<StepReply> {
  const service = services.find((s) => s.name === request.service);
  const plan = service?.interfaces.find((i) => i.name === request.interface);
  if (!service || !plan) throw new Error(`no interface ${request.service}.${request.interface}`);
  const about = { service: request.service, interface: request.interface, method: request.method };
  const { recorder, test } = context;
  const { protocol, ...asked } = request.call;
  const result = await carryOut(
    service.logins,
    leases,
    { port: leases.get(plan.port) ?? plan.port, specPort: plan.port, timeout_ms: request.timeout_ms },
    request.method,
    request.call,
    (local, remote, at_ns) => {
      recorder.write(
        test,
        'step_send',
        { local: local || null, remote: remote || null, data: JSON.stringify({ ...about, ...asked }) },
        at_ns,
        'test',
      );
      recorder.flush();
    },
  );
  const { local, remote, at_ns, duration_ns } = result;
  const duration_ms = Number(duration_ns) / 1e6;
  recorder.write(
    test,
    'step_recv',
    { local: local || null, remote: remote || null, duration_ns, data: answerText(about, result.response) },
    at_ns,
    'test',
  );
  return { protocol, ...result.response, duration_ms } as StepReply;
}

function carryOut(
  logins: Logins,
  leases: Leases,
  target: StepTarget,
  method: string,
  call: StepCall,
  onSend: OnSend,
): Promise<StepResult<object>> {
  switch (call.protocol) {
    case 'http':
      return httpStep(target, { ...call, method: method.toUpperCase() }, onSend);
    case 'tcp':
      return tcpStep(target, call.text, onSend);
    case 'redis':
      return redisStep(target, logins.redis, call.words, onSend);
    case 'postgres':
      return postgresStep(target, logins.postgres, method, call, onSend);
    case 'kafka':
      return kafkaStep(target, leases, logins.kafka, call, onSend);
    case 'nats':
      return natsStep(target, logins.nats, method, call, onSend);
  }
}

/** The answer as the event's data; a result's own data is JSON text already and keeps its numbers. */
function answerText(about: object, response: object): string {
  if (!('data' in response)) return JSON.stringify({ ...about, ...response });
  const { data, ...rest } = response as { data: string };
  return `${JSON.stringify({ ...about, ...rest }).slice(0, -1)},"data":${data}}`;
}
