import {
  ArgumentError,
  Builtin,
  HostObject,
  nearestName,
  StarlarkDict,
  EvalError,
  StarlarkFloat,
  StarlarkFunction,
  StarlarkList,
  StarlarkTuple,
  typeName,
  type Thread,
  type Value,
} from '../../starlark/index.ts';
import { parseDuration } from '../duration.ts';

/** What an argument may be. `host` is one of our own values, named as people know it. */
export type ParamType =
  'any' | 'string' | 'int' | 'number' | 'bool' | 'function' | 'dict' | 'list' | 'duration' | 'probability' | { readonly host: string };

/** One parameter of a builtin. Parameters come in the order in which they may stand as positional arguments. */
export interface Param {
  readonly name: string;
  readonly type: ParamType;
  readonly required?: true;
  /** Only as `name=`. */
  readonly keyword?: true;
  readonly doc: string;
}

/** A builtin as the reference, the argument checks and the editor know it. */
export interface Signature {
  readonly name: string;
  readonly doc: string;
  readonly params: readonly Param[];
  /** Further positional arguments. */
  readonly rest?: { readonly name: string; readonly type: ParamType; readonly doc: string };
  /** Further named arguments, such as the calls of a fault; null where any name will do. */
  readonly named?: { readonly names: readonly string[] | null; readonly type: ParamType; readonly doc: string };
  readonly returns: string;
  /** When it can be called: while the spec loads, while a test runs; without it always. What a test calls may wait. */
  readonly when?: 'load' | 'test';
}

/** The arguments of a call, checked against a signature. What was not given, or given as None, is null. */
export class Arguments {
  readonly rest: readonly Value[];
  readonly named: ReadonlyMap<string, Value>;
  readonly #values: ReadonlyMap<string, Value>;
  /** Where those stand that were given by position. */
  readonly #places: ReadonlyMap<string, number>;

  constructor(
    values: ReadonlyMap<string, Value>,
    rest: readonly Value[],
    named: ReadonlyMap<string, Value>,
    places: ReadonlyMap<string, number>,
  ) {
    this.#places = places;
    this.#values = values;
    this.rest = rest;
    this.named = named;
  }

  /** An error about one of them, pointing at it. */
  wrong(name: string, message: string, hint: string | null = null): ArgumentError {
    return new ArgumentError(message, { argument: this.#places.get(name) ?? name, part: 'value' }, hint);
  }

  any(name: string): Value {
    return this.#values.get(name) ?? null;
  }

  string(name: string): string | null {
    return this.any(name) as string | null;
  }

  int(name: string): number | null {
    const value = this.any(name);
    return value === null ? null : Number(value);
  }

  bool(name: string): boolean {
    return this.any(name) === true;
  }

  /** Milliseconds. */
  duration(name: string): number | null {
    const value = this.any(name);
    return value === null ? null : durationOf(value);
  }

  /** 0 to 1. */
  probability(name: string): number | null {
    const value = this.any(name);
    return value === null ? null : probabilityOf(value);
  }

  function(name: string): StarlarkFunction | Builtin | null {
    return this.any(name) as StarlarkFunction | Builtin | null;
  }

  list(name: string): readonly Value[] {
    const value = this.any(name);
    return value === null ? [] : (value as StarlarkList | StarlarkTuple).items;
  }

  dict(name: string): ReadonlyArray<readonly [Value, Value]> {
    const value = this.any(name);
    return value === null ? [] : [...(value as StarlarkDict).entries()];
  }

  host<T extends HostObject>(name: string): T | null {
    return this.any(name) as T | null;
  }
}

/** A builtin that knows what it takes: the reference and the editor's stubs are made of it. */
export class SignedBuiltin extends Builtin {
  readonly signature: Signature;

  constructor(signature: Signature, run: (args: Arguments, thread: Thread) => Value) {
    super(signature.name, (thread, args, kwargs) => run(bind(signature, args, kwargs), thread));
    this.signature = signature;
  }
}

/** Makes a builtin of a signature: its arguments are checked before `run` sees them. */
export function builtin(signature: Signature, run: (args: Arguments, thread: Thread) => Value): SignedBuiltin {
  return new SignedBuiltin(signature, run);
}

function bind(signature: Signature, args: readonly Value[], kwargs: ReadonlyMap<string, Value>): Arguments {
  const { name, params, rest, named } = signature;
  const values = new Map<string, Value>();
  const positional = params.filter((p) => !p.keyword);
  if (args.length > positional.length && !rest)
    throw new ArgumentError(`${name}() takes at most ${plural(positional.length, 'positional argument')}, got ${args.length}`, {
      argument: positional.length,
      part: 'value',
    });
  args.slice(0, positional.length).forEach((value, i) => values.set(positional[i]!.name, checked(name, positional[i]!, value, i)));
  const others = new Map<string, Value>();
  for (const [key, value] of kwargs) {
    const param = params.find((p) => p.name === key);
    if (param && values.has(key)) throw new ArgumentError(`${name}() got "${key}" twice`, { argument: key, part: 'name' });
    if (param) values.set(key, checked(name, param, value, key));
    else if (named && (named.names === null || named.names.includes(key)))
      others.set(key, checked(name, { name: key, type: named.type }, value, key));
    else throw unknownArgument(signature, key);
  }
  for (const p of params) if (p.required && !values.has(p.name)) throw new EvalError(`${name}() needs the argument "${p.name}": ${p.doc}`);
  const further = args
    .slice(positional.length)
    .map((value, i) => checked(name, { name: rest!.name, type: rest!.type }, value, positional.length + i));
  return new Arguments(values, further, others, new Map(positional.slice(0, args.length).map((p, i) => [p.name, i])));
}

function unknownArgument({ name, params, named }: Signature, key: string): ArgumentError {
  const known = [...params.map((p) => p.name), ...(named?.names ?? [])];
  const near = nearestName(key, known);
  const hint = near === null ? `it takes ${known.join(', ') || 'none'}` : `did you mean '${near}'?`;
  return new ArgumentError(`${name}() has no argument "${key}"`, { argument: key, part: 'name' }, hint);
}

function checked(
  builtinName: string,
  param: { readonly name: string; readonly type: ParamType },
  value: Value,
  argument: number | string,
): Value {
  if (value === null || fits(param.type, value)) return value;
  throw new ArgumentError(
    `${builtinName}(): "${param.name}" must be ${typeText(param.type)}, got ${typeName(value)}${typeof value === 'string' ? ` ${JSON.stringify(value)}` : ''}`,
    { argument, part: 'value' },
  );
}

function fits(type: ParamType, value: Value): boolean {
  if (typeof type === 'object') return value instanceof HostObject && value.starlarkType === type.host;
  switch (type) {
    case 'any':
      return true;
    case 'string':
      return typeof value === 'string';
    case 'int':
      return typeof value === 'number' || typeof value === 'bigint';
    case 'number':
      return typeof value === 'number' || typeof value === 'bigint' || value instanceof StarlarkFloat;
    case 'bool':
      return typeof value === 'boolean';
    case 'function':
      return value instanceof StarlarkFunction || value instanceof Builtin;
    case 'dict':
      return value instanceof StarlarkDict;
    case 'list':
      return value instanceof StarlarkList || value instanceof StarlarkTuple;
    case 'duration':
      return durationOf(value) !== null;
    case 'probability':
      return probabilityOf(value) !== null;
  }
}

/** How messages and the reference name a type. */
export function typeText(type: ParamType): string {
  if (typeof type === 'object') return `a ${type.host}`;
  const texts = {
    any: 'any value',
    string: 'a string',
    int: 'an int',
    number: 'a number',
    bool: 'True or False',
    function: 'a function',
    dict: 'a dict',
    list: 'a list',
    duration: 'a duration such as "500ms" or "2s"',
    probability: 'a probability such as 0.3 or "30%"',
  } as const;
  return texts[type];
}

function durationOf(value: Value): number | null {
  return typeof value === 'string' ? parseDuration(value) : null;
}

function probabilityOf(value: Value): number | null {
  const percent = typeof value === 'string' ? /^([0-9]+(?:\.[0-9]+)?)%$/.exec(value) : null;
  const p = percent ? Number(percent[1]) / 100 : value instanceof StarlarkFloat ? value.value : typeof value === 'number' ? value : null;
  return p !== null && p >= 0 && p <= 1 ? p : null;
}

function plural(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
