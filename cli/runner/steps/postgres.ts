import { connectPostgres } from '../../../services/clients/postgres.ts';
import type { DatabaseLogin } from '../../spec/plan.ts';
import { clientStep } from './client-step.ts';
import type { DataResponse, OnSend, StepResult, StepTarget } from './step.ts';

/** One statement: `query` gives its rows, `exec` how many it changed. */
export function postgresStep(
  { port, timeout_ms }: StepTarget,
  login: DatabaseLogin,
  method: string,
  { sql, params }: { readonly sql: string; readonly params: readonly unknown[] },
  onSend: OnSend,
): Promise<StepResult<DataResponse>> {
  return clientStep(
    () => connectPostgres({ port, ...login }, timeout_ms, 'step'),
    async (postgres) => {
      const { rows, count } = await postgres.query(sql, params, timeout_ms);
      return JSON.stringify(method === 'exec' ? { rows_affected: count } : rows);
    },
    onSend,
  );
}
