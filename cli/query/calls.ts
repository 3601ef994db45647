import {
  Builtin,
  call,
  CallableHost,
  jsonModule,
  StarlarkFunction,
  StarlarkStruct,
  structBuiltin,
  Thread,
  UNIVERSE,
  type Call,
  type Value,
} from '../starlark/index.ts';
import { builtinOf } from './builtins.ts';
import { quantifierOf } from './quantifier.ts';
import type { Context, Scope } from './context.ts';
import { computed, evaluate } from './evaluate.ts';
import { inlined } from './inline.ts';
import { methodOf, MUTATORS } from './methods.ts';
import { isPlain, onlyConstant, type Symbolic, UNKNOWN_VALUE } from './symbolic.ts';

/** The arguments of a call that has only positional and named ones. */
export interface Arguments {
  readonly positional: readonly Symbolic[];
  readonly named: ReadonlyMap<string, Symbolic>;
}

/** Builtins that only compute. */
const PURE: ReadonlySet<Value> = new Set<Value>([
  ...[...UNIVERSE.entries()].filter(([name]) => name !== 'print').map(([, value]) => value),
  structBuiltin,
  ...jsonModule.fields.values(),
]);

/** A call: methods, builtins, and the user's own small functions. Anything that could have an effect makes the predicate impure. */
export function callOf(e: Call, scope: Scope, c: Context): Symbolic {
  const quantifier = e.callee.kind === 'ident' && !scope.variables.has(e.callee.name) ? quantifierOf(e, e.callee.name, scope, c) : null;
  if (quantifier !== null) return quantifier;
  const args = argumentsOf(e, scope, c);
  if (e.callee.kind === 'dot') {
    const object = evaluate(e.callee.object, scope, c);
    const known = onlyConstant(object);
    const field = known instanceof StarlarkStruct ? known.fields.get(e.callee.name) : undefined;
    if (field !== undefined) return callValue(field, e, args, c);
    if (known !== undefined && !isPlain(known)) return c.impure(`${e.callee.name}() may have an effect`);
    if (MUTATORS.has(e.callee.name)) return c.impure(`${e.callee.name}() changes its value`);
    return args === null ? UNKNOWN_VALUE : methodOf(object, e.callee.name, args, c);
  }
  const callee = onlyConstant(evaluate(e.callee, scope, c));
  if (callee === undefined) return c.impure('it calls a function that is only known when it runs');
  return callValue(callee, e, args, c);
}

function callValue(fn: Value, e: Call, args: Arguments | null, c: Context): Symbolic {
  if (fn instanceof StarlarkFunction) return inlined(fn, args, c);
  if (fn instanceof CallableHost) return c.impure('it calls a function of the host');
  if (!(fn instanceof Builtin)) return UNKNOWN_VALUE;
  if (!PURE.has(fn)) return c.impure(`${fn.name}() may have an effect`);
  if (args === null) return UNKNOWN_VALUE;
  const higherOrder = [...args.positional, ...args.named.values()].some((a) => onlyConstant(a) instanceof StarlarkFunction);
  if (higherOrder || e.args.some((a) => a.value.kind === 'lambda')) return c.impure(`${fn.name}() calls a function`);
  const constants = constantArguments(args);
  if (constants !== null) return computed(() => call(new Thread(), fn, [...constants.positional], new Map(constants.named)));
  return builtinOf(fn.name, args, c);
}

/** Arguments that are all plain constants, or null. */
export function constantArguments(args: Arguments): { positional: readonly Value[]; named: ReadonlyMap<string, Value> } | null {
  const positional = args.positional.map(onlyConstant);
  const named = [...args.named].map(([name, value]) => [name, onlyConstant(value)] as const);
  if (![...positional, ...named.map(([, v]) => v)].every((v) => v !== undefined && isPlain(v))) return null;
  return { positional: positional as Value[], named: new Map(named as [string, Value][]) };
}

function argumentsOf(e: Call, scope: Scope, c: Context): Arguments | null {
  const positional: Symbolic[] = [];
  const named = new Map<string, Symbolic>();
  let spread = false;
  for (const a of e.args) {
    const value = evaluate(a.value, scope, c);
    if (a.kind === 'positional') positional.push(value);
    else if (a.kind === 'named') named.set(a.name, value);
    else spread = true;
  }
  if (spread) c.unknown('a call with * or ** is left to the interpreter');
  return spread ? null : { positional, named };
}
