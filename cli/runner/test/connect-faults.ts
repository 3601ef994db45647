import type { FaultPlan } from '../../spec/plan.ts';

/** True for a fault that BPF programs on the service's cgroup can strike: a denied network connect. It needs no seccomp filter. */
export function isNetworkConnectDeny({ action, on, path, calls }: FaultPlan): boolean {
  return action.kind === 'deny' && on === 'default' && path === null && calls.length === 1 && calls[0] === 'connect';
}
