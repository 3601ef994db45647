import type { StepReply, StepRequest } from '../host.ts';
import { httpStep } from '../steps/http.ts';
import type { StepTarget } from '../steps/step.ts';
import { tcpStep } from '../steps/tcp.ts';
import type { TestContext } from './context.ts';
import type { Leases } from './start-services.ts';
import type { ServicePlan } from '../../spec/plan.ts';

/** Carries out one step of the scenario and puts both its ends on the bus. */
export async function carryOutStep(context: TestContext, services: readonly ServicePlan[], leases: Leases, request: StepRequest): Promise<StepReply> {
  const plan = services.find((s) => s.name === request.service)?.interfaces.find((i) => i.name === request.interface);
  if (!plan) throw new Error(`no interface ${request.service}.${request.interface}`);
  const target: StepTarget = { port: leases.get(plan.port) ?? plan.port, specPort: plan.port, timeout_ms: request.timeout_ms };
  const about = { service: request.service, interface: request.interface, method: request.method };
  const { recorder, test } = context;
  const onSend = (asked: object) => (local: string, remote: string, at_ns: bigint) => {
    recorder.write(test, 'step_send', { local: local || null, remote: remote || null, data: JSON.stringify({ ...about, ...asked }) }, at_ns, 'test');
    recorder.flush();
  };
  const onReceive = (result: { local: string; remote: string; at_ns: bigint; duration_ns: bigint }, answer: object) => {
    const { local, remote, at_ns, duration_ns } = result;
    recorder.write(test, 'step_recv', { local: local || null, remote: remote || null, duration_ns, data: JSON.stringify({ ...about, ...answer }) }, at_ns, 'test');
  };
  if (request.protocol === 'http') {
    const { path, headers, body } = request;
    const result = await httpStep(target, { method: request.method.toUpperCase(), path, headers, body }, onSend({ path, headers, body }));
    onReceive(result, result.response);
    return { protocol: 'http', ...result.response, duration_ms: Number(result.duration_ns) / 1e6 };
  }
  const result = await tcpStep(target, request.text, onSend({ text: request.text }));
  onReceive(result, result.response);
  return { protocol: 'tcp', ...result.response, duration_ms: Number(result.duration_ns) / 1e6 };
}
