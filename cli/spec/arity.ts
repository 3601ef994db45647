import { StarlarkFunction } from '../starlark/index.ts';
import type { Callable } from './registry.ts';

/** Null when a function can be called with `count` positional arguments; else how many it takes: "2", "1 to 3". */
export function wrongArity(fn: Callable, count: number): string | null {
  if (!(fn instanceof StarlarkFunction)) return null;
  const { params } = fn.node;
  const positional = params.findIndex((p) => p.kind === 'star' || p.kind === 'args');
  const ordinary = (positional < 0 ? params : params.slice(0, positional)).filter((p) => p.kind === 'required' || p.kind === 'optional');
  const least = ordinary.filter((p) => p.kind === 'required').length;
  const most = params.some((p) => p.kind === 'args') ? Infinity : ordinary.length;
  const keywordOnly = params.slice(positional < 0 ? params.length : positional).some((p) => p.kind === 'required');
  if (count >= least && count <= most && !keywordOnly) return null;
  return least === most ? String(least) : most === Infinity ? `${least} or more` : `${least} to ${most}`;
}
