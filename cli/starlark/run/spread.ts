import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { iterate } from './iterate.ts';
import { typeName } from './type-name.ts';
import type { Value } from './values.ts';

/** Adds the elements of `*list` to the arguments. */
export function spreadArguments(args: Value[], list: Value): void {
  if (typeof list === 'string') throw new EvalError('argument after * must be iterable, not string');
  for (const v of iterate(list, 'argument after *')) args.push(v);
}

/** Adds the entries of `**dict` to the named arguments. */
export function spreadKeywords(kwargs: Map<string, Value>, dict: Value): void {
  if (!(dict instanceof StarlarkDict)) throw new EvalError(`argument after ** must be a mapping, not ${typeName(dict)}`);
  for (const [key, value] of dict.entries()) {
    if (typeof key !== 'string') throw new EvalError(`keywords must be strings, not ${typeName(key)}`);
    if (kwargs.has(key)) throw new EvalError(`keyword argument '${key}' has multiple values`);
    kwargs.set(key, value);
  }
}
