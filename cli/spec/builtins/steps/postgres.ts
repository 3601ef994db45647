import { EvalError, StarlarkDict, StarlarkFloat, StarlarkList, toJson, typeName, type Value } from '../../../starlark/index.ts';
import type { Arguments, Param } from '../signature.ts';
import type { StepDefinition } from '../steps.ts';

const params: readonly Param[] = [
  {
    name: 'sql',
    type: 'string',
    required: true,
    doc: 'one statement, with $1, $2 … for params; without params several, as one transaction, unless BEGIN and COMMIT are among them',
  },
  { name: 'params', type: 'list', doc: 'values of $1, $2 …; dicts and lists are sent as JSON' },
];

/** query, exec. */
export const postgresSteps: readonly StepDefinition[] = [
  {
    signature: {
      name: 'query',
      returns: 'result',
      doc: 'Runs a statement and returns its rows: data is a list of dicts, of several statements the rows of the last that has any. Integers, floats, bools, JSON and NULL are such values, all else, numeric too, is text. The result has data, ok, error, duration_ms.',
      params,
    },
    call: statement,
  },
  {
    signature: {
      name: 'exec',
      returns: 'result',
      doc: 'Runs a statement: data is {"rows_affected": n}, of several statements their sum. The result has data, ok, error, duration_ms.',
      params,
    },
    call: statement,
  },
];

function statement(args: Arguments): ReturnType<StepDefinition['call']> {
  return { protocol: 'postgres', sql: args.string('sql')!, params: args.list('params').map(parameter) };
}

function parameter(value: Value): null | boolean | number | string {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return String(value);
  if (value instanceof StarlarkFloat) return value.value;
  if (value instanceof StarlarkDict || value instanceof StarlarkList) return toJson(value);
  throw new EvalError(`params are strings, numbers, booleans, None, dicts and lists, got ${typeName(value)}`);
}
