import { wantString } from './arguments.ts';
import { EvalError } from './errors.ts';
import { fromJson, toJson } from './json.ts';
import { builtin } from './method.ts';
import { StarlarkStruct, type Value } from './values.ts';

/** struct(name = value, …). */
export const structBuiltin = builtin('struct(**)', (_, __, ___, kwargs) => new StarlarkStruct(new Map(kwargs)));

/** The json module: encode, decode, indent. */
export const jsonModule = new StarlarkStruct(
  new Map<string, Value>([
    ['encode', builtin('encode(x)', (_, [x]) => toJson(x as Value))],
    ['decode', builtin('decode(x, default?)', (_, [x, otherwise]) => decode(wantString(x, 'json.decode'), otherwise))],
    [
      'indent',
      builtin('indent(s, prefix?, indent?)', (_, args) => {
        const [text = '', prefix = '', by = '\t'] = args.map((a) => wantString(a, 'json.indent'));
        return indent(text, prefix, by);
      }),
    ],
  ]),
);

function decode(text: string, otherwise: Value | undefined): Value {
  try {
    return fromJson(text);
  } catch (error) {
    if (otherwise !== undefined && error instanceof EvalError) return otherwise;
    throw error;
  }
}

/** Lays JSON text out over lines, keeping every token as it is. */
function indent(text: string, prefix: string, by: string): string {
  fromJson(text);
  let depth = 0;
  const line = (): string => `\n${prefix}${by.repeat(depth)}`;
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g) ?? [];
  return tokens
    .map((token, i) => {
      if (token === '{' || token === '[') {
        if (tokens[i + 1] === '}' || tokens[i + 1] === ']') return token;
        depth++;
        return token + line();
      }
      if (token === '}' || token === ']') {
        if (tokens[i - 1] === '{' || tokens[i - 1] === '[') return token;
        depth--;
        return line() + token;
      }
      return token === ',' ? token + line() : token === ':' ? ': ' : token;
    })
    .join('');
}
