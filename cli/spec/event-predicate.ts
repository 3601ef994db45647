import { EvalError, nearestName, StarlarkFunction, type Expr, type Ident } from '../starlark/index.ts';
import type { Callable } from './registry.ts';
import { eventAttributes } from './values/event-attributes.ts';

/**
 * Refuses a predicate that reads an attribute which no event has, before it has met one. `parameter`: which of its parameters is the
 * event. What a longer function does with its variables is left to the moment when it does it.
 */
export function requireEventAttributes(fn: Callable, parameter = 0): void {
  if (!(fn instanceof StarlarkFunction)) return;
  const { node } = fn;
  const [only] = node.kind === 'def' ? node.body : [];
  const body =
    node.kind === 'lambda' ? node.body : node.kind === 'def' && node.body.length === 1 && only?.kind === 'return' ? only.value : null;
  const param = node.params[parameter];
  if (body !== null && (param?.kind === 'required' || param?.kind === 'optional')) visit(body, param.name);
}

function visit(node: object, event: Ident): void {
  if (isExpr(node) && node.kind === 'dot' && isUse(node.object, event) && !eventAttributes.includes(node.name)) {
    const near = nearestName(node.name, eventAttributes);
    const hint =
      near === null ? `what a line or a row holds is in its data: ${event.name}.data.get("${node.name}")` : `did you mean '.${near}'?`;
    throw new EvalError(`event has no .${node.name} field or method`, hint, node.nameSpan);
  }
  for (const [key, child] of Object.entries(node)) {
    if (key === 'span' || key === 'binding' || key === 'scope' || key === 'nameSpan' || typeof child !== 'object' || child === null)
      continue;
    visit(child as object, event);
  }
}

function isExpr(node: object): node is Expr {
  return 'kind' in node;
}

function isUse(node: Expr, event: Ident): boolean {
  const [used, declared] = node.kind === 'ident' ? [node.binding, event.binding] : [null, null];
  return used?.kind === 'local' && declared?.kind === 'local' && used.variable === declared.variable;
}
