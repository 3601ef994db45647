import { StarlarkDict, EvalError, StarlarkList, toJson, typeName, type Value } from '../../../starlark/index.ts';
import { stringDict } from '../string-dict.ts';
import type { Arguments } from '../signature.ts';
import type { StepDefinition } from '../steps.ts';

/** get post put patch delete. */
export const httpSteps: readonly StepDefinition[] = ['get', 'post', 'put', 'patch', 'delete'].map((method) => ({
  signature: {
    name: method,
    returns: 'response',
    doc: `Sends a ${method.toUpperCase()} request and returns the response: status, headers, body, data, ok, error, duration_ms.`,
    params: [
      { name: 'path', type: 'string', required: true, doc: 'path on the service, with its query if it has one' },
      { name: 'body', type: 'any', doc: 'a string, or a dict or list, sent as JSON' },
      { name: 'headers', type: 'dict', keyword: true, doc: 'header names to values' },
      { name: 'query', type: 'dict', keyword: true, doc: 'appended to the path' },
    ],
  },
  call: (args) => {
    const { text, type } = bodyOf(args.any('body'));
    const headers = { ...(type === null ? {} : { 'content-type': type }), ...lowered(stringDict(args, 'headers', `${method}()`)) };
    return { protocol: 'http', path: pathOf(args, method), headers, body: text };
  },
}));

function bodyOf(value: Value): { text: string; type: string | null } {
  if (value === null) return { text: '', type: null };
  if (typeof value === 'string') return { text: value, type: null };
  if (value instanceof StarlarkDict || value instanceof StarlarkList) return { text: toJson(value), type: 'application/json' };
  throw new EvalError(`body must be a string, a dict or a list, got ${typeName(value)}`);
}

function pathOf(args: Arguments, method: string): string {
  const path = args.string('path')!;
  if (!path.startsWith('/')) throw new EvalError(`${method}(): a path begins with "/", got "${path}"`);
  const query = new URLSearchParams(stringDict(args, 'query', `${method}()`)).toString();
  return query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
}

function lowered(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toLowerCase(), v]));
}
