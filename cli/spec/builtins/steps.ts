import { StarlarkDict, EvalError, StarlarkList, toJson, typeName, type Builtin, type Value } from '../../starlark/index.ts';
import type { InterfacePlan } from '../plan.ts';
import type { Session } from '../session.ts';
import { builtin, type Arguments, type Param } from './signature.ts';
import { stringDict } from './topology.ts';

const step_ms = 30_000;
const timeoutParam: Param = { name: 'timeout', type: 'duration', keyword: true, doc: 'how long the answer may take; 30 s' };
const httpMethods = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** The step methods of an interface, by its protocol. */
export function stepsFor(session: Session, service: string, plan: InterfacePlan): ReadonlyMap<string, Builtin> {
  return new Map(stepsOf(session, service, plan).map((b) => [b.name, b]));
}

function stepsOf(session: Session, service: string, plan: InterfacePlan): Builtin[] {
  switch (plan.protocol) {
    case 'http': return httpMethods.map((method) => httpStep(session, service, plan, method));
    case 'tcp': return [tcpSend(session, service, plan)];
    case 'postgres': case 'kafka': case 'redis': case 'nats': return [];
  }
}

function httpStep(session: Session, service: string, plan: InterfacePlan, method: (typeof httpMethods)[number]): Builtin {
  return builtin({
    name: method, returns: 'response', when: 'test', doc: `Sends a ${method.toUpperCase()} request and returns the response: status, headers, body, data, ok, error, duration_ms.`,
    params: [
      { name: 'path', type: 'string', required: true, doc: 'path on the service, with its query if it has one' },
      { name: 'body', type: 'any', doc: 'a string, or a dict or list, sent as JSON' },
      { name: 'headers', type: 'dict', keyword: true, doc: 'header names to values' },
      { name: 'query', type: 'dict', keyword: true, doc: 'appended to the path' },
      timeoutParam,
    ],
  }, (args) => {
    const { text, type } = bodyOf(args.any('body'));
    const headers = { ...(type === null ? {} : { 'content-type': type }), ...lowered(stringDict(`${method}()`, 'headers', args.dict('headers'))) };
    return session.trial(`${service}.${method}`).step({ service, interface: plan, method, path: pathOf(args, method), headers, body: text, timeout_ms: args.duration('timeout') ?? step_ms });
  });
}

function tcpSend(session: Session, service: string, plan: InterfacePlan): Builtin {
  return builtin({
    name: 'send', returns: 'string', when: 'test', doc: 'Sends one line on a connection of its own and returns the line that is answered.',
    params: [{ name: 'data', type: 'string', required: true, doc: 'the line' }, timeoutParam],
  }, (args) => session.trial(`${service}.send`).step({ service, interface: plan, method: 'send', path: '', headers: {}, body: args.string('data')!, timeout_ms: args.duration('timeout') ?? step_ms }));
}

function bodyOf(value: Value): { text: string; type: string | null } {
  if (value === null) return { text: '', type: null };
  if (typeof value === 'string') return { text: value, type: null };
  if (value instanceof StarlarkDict || value instanceof StarlarkList) return { text: toJson(value), type: 'application/json' };
  throw new EvalError(`body must be a string, a dict or a list, got ${typeName(value)}`);
}

function pathOf(args: Arguments, method: string): string {
  const path = args.string('path')!;
  if (!path.startsWith('/')) throw new EvalError(`${method}(): a path begins with "/", got "${path}"`);
  const query = new URLSearchParams(stringDict(`${method}()`, 'query', args.dict('query'))).toString();
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]));
}
