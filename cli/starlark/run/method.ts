import { nearestName } from '../nearest-name.ts';
import { Builtin } from './builtin.ts';
import { EvalError } from './errors.ts';
import type { Thread } from './thread.ts';
import type { Value } from './values.ts';

/** The parameters of a builtin: those after `?` may be left out; `*` takes any number; `**` takes any keywords. */
export interface Signature {
  readonly name: string;
  readonly params: readonly string[];
  readonly required: number;
  readonly variadic: boolean;
  readonly keywords: boolean;
}

/** A method of a type. `args` has an element for each parameter, undefined where left out; a variadic one gets them as they come. */
export interface Method<T> extends Signature {
  /** How many positional arguments it takes at most. */
  readonly most: number;
  readonly run: (self: T, args: readonly (Value | undefined)[], thread: Thread, kwargs: ReadonlyMap<string, Value>) => Value;
}

export type MethodTable<T> = ReadonlyMap<string, Method<T>>;

/** Reads "name(a, b?, *, **)" into a signature. */
export function signature(text: string): Signature {
  const [, name = '', list = ''] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  const params = list
    .split(',')
    .map((p) => p.trim())
    .filter((p) => p !== '');
  const named = params.filter((p) => !p.startsWith('*'));
  return {
    name,
    params: named.map((p) => p.replace('?', '')),
    required: named.filter((p) => !p.endsWith('?')).length,
    variadic: params.includes('*'),
    keywords: params.includes('**'),
  };
}

/** A table of methods from signatures. */
export function methods<T>(table: Record<string, Method<T>['run']>): MethodTable<T> {
  return new Map(
    Object.entries(table).map(([text, run]) => {
      const s = signature(text);
      return [s.name, { ...s, most: s.variadic ? Number.POSITIVE_INFINITY : s.params.length, run }];
    }),
  );
}

/** The arguments by parameter. Raises for too many, too few, and unknown ones. */
export function arrange(s: Signature, args: readonly Value[], kwargs: ReadonlyMap<string, Value>): readonly (Value | undefined)[] {
  if (!s.variadic && args.length > s.params.length) {
    throw new EvalError(
      `${s.name}: got ${args.length} arguments, want ${s.required === s.params.length ? '' : 'at most '}${s.params.length}`,
    );
  }
  if ((kwargs.size === 0 || s.keywords) && args.length >= s.required) return args;
  const result: (Value | undefined)[] = args.slice();
  if (!s.keywords) for (const [name, value] of kwargs) place(s, result, name, value);
  for (let i = 0; i < s.required; i++) if (result[i] === undefined) throw new EvalError(`${s.name}: missing argument for ${s.params[i]}`);
  return result;
}

function place(s: Signature, result: (Value | undefined)[], name: string, value: Value): void {
  const i = s.params.indexOf(name);
  if (i < 0) {
    const near = nearestName(name, s.params);
    throw new EvalError(`${s.name}: unexpected keyword argument '${name}'`, near === null ? null : `did you mean '${near}'?`);
  }
  if (result[i] !== undefined) throw new EvalError(`${s.name}: got multiple values for keyword argument '${name}'`);
  result[i] = value;
}

/** A builtin function from a signature. */
export function builtin(text: string, run: Method<null>['run']): Builtin {
  const s = signature(text);
  return new Builtin(s.name, (thread, args, kwargs) => run(null, arrange(s, args, kwargs), thread, kwargs));
}
