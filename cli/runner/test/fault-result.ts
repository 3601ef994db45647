import type { FaultPlan } from '../../spec/plan.ts';
import type { FaultResult } from '../result.ts';

/** A fault as reports and traces show it. */
export function faultResult({ service, key, label, action }: FaultPlan, hits: number): FaultResult {
  return { service, syscall: key, label, hits, action: action.kind === 'deny' ? action.errno : `delay ${action.duration_ns / 1e6} ms` };
}
