import { EvalError, str, typeName, type Value } from '../../../starlark/index.ts';
import type { StepDefinition } from '../steps.ts';

/** command. */
export const redisSteps: readonly StepDefinition[] = [
  {
    signature: {
      name: 'command',
      returns: 'result',
      doc: 'Sends one Redis command: redis.command("SET", "key", "value"). The result has data, ok, error, duration_ms; data is the reply, with bytes that are no text as {"base64": …}.',
      params: [],
      rest: { name: 'words', type: 'any', doc: 'the command and its arguments: strings, or ints and floats as text' },
    },
    call: (args) => {
      if (args.rest.length === 0) throw new EvalError('command() needs a command, such as "PING"');
      return { protocol: 'redis', words: args.rest.map(word) };
    },
  },
];

function word(value: Value): string {
  if (typeof value === 'string') return value;
  if (['int', 'float'].includes(typeName(value))) return str(value);
  throw new EvalError(`command() takes strings and numbers, got ${typeName(value)}`);
}
