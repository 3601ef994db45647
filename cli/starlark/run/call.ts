import { nearestName } from '../nearest-name.ts';
import { Builtin, CallableHost, NO_KWARGS } from './builtin.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { Frame } from './frame.ts';
import { type FunctionCode, StarlarkFunction } from './function.ts';
import type { Thread } from './thread.ts';
import { typeName } from './type-name.ts';
import { StarlarkTuple, type Value } from './values.ts';

/** Calls a value from inside a running program; errors pass through to whoever started it. */
export function invoke(thread: Thread, fn: Value, args: Value[], kwargs: Map<string, Value> = NO_KWARGS): Value {
  if (fn instanceof StarlarkFunction) {
    const run = fn.code.compiled();
    if (kwargs.size > 0 || args.length !== fn.code.arity) return run(thread, fn, ...boundArguments(fn, args, kwargs));
    return args.length === 1 ? run(thread, fn, args[0]) : run(thread, fn, ...args);
  }
  if (fn instanceof Builtin || fn instanceof CallableHost) return fn.call(thread, args, kwargs);
  throw new EvalError(`invalid call of non-function (${typeName(fn)}): it is not callable`);
}

/** Opens a call of a function. */
export function enter(thread: Thread, code: FunctionCode): Frame {
  const frame = code.frame.depth === 0 ? code.frame : freshFrame(thread, code);
  thread.enter(frame);
  return frame;
}

/** Ends a call; gives its result. */
export function leave(thread: Thread, frame: Frame, result: Value): Value {
  thread.leave(frame);
  return result;
}

/** The frame is still in use when a call failed, or in another thread. Otherwise it is recursion. */
function freshFrame(thread: Thread, code: FunctionCode): Frame {
  for (let f = thread.top; f !== null; f = f.caller) {
    if (f.code === code) {
      throw new EvalError(
        `function ${code.name} called recursively`,
        'Starlark has no recursion: use a loop over a list of what is left to do',
      );
    }
  }
  code.frame = new Frame(code);
  return code.frame;
}

/** The value of each parameter, by slot. Errors name the function and the parameter. */
function boundArguments(fn: StarlarkFunction, args: readonly Value[], kwargs: ReadonlyMap<string, Value>): (Value | undefined)[] {
  const { name, parameters } = fn.code;
  const { names, positional, argsSlot, kwargsSlot } = parameters;
  const slots: (Value | undefined)[] = names.map(() => undefined);
  const count = Math.min(args.length, positional);
  for (let i = 0; i < count; i++) slots[i] = args[i];
  if (argsSlot !== null) slots[argsSlot] = new StarlarkTuple(args.slice(count));
  else if (args.length > positional) throw tooMany(fn, args.length);
  if (kwargs.size > 0 || kwargsSlot !== null) bindKeywords(fn.code, slots, kwargs);
  const missing: string[] = [];
  for (let i = 0; i < names.length; i++) {
    if (slots[i] !== undefined) continue;
    slots[i] = fn.defaults[i];
    if (slots[i] === undefined) missing.push(names[i] ?? '');
  }
  if (missing.length > 0) {
    const noun = missing.length === 1 ? 'argument' : 'arguments';
    throw new EvalError(`function ${name} missing ${missing.length} ${noun} (${missing.join(', ')})`);
  }
  return slots;
}

function bindKeywords({ name: fn, parameters }: FunctionCode, slots: (Value | undefined)[], kwargs: ReadonlyMap<string, Value>): void {
  const { names, kwargsSlot } = parameters;
  const rest = kwargsSlot === null ? null : new StarlarkDict();
  for (const [name, value] of kwargs) {
    const i = names.indexOf(name);
    if (i >= 0) {
      if (slots[i] !== undefined) throw new EvalError(`function ${fn} got multiple values for parameter '${name}'`);
      slots[i] = value;
    } else if (rest !== null) rest.put(name, value);
    else {
      const near = nearestName(name, names);
      throw new EvalError(`function ${fn} got an unexpected keyword argument '${name}'`, near === null ? null : `did you mean '${near}'?`);
    }
  }
  if (kwargsSlot !== null && rest !== null) slots[kwargsSlot] = rest;
}

function tooMany(fn: StarlarkFunction, given: number): EvalError {
  const { positional } = fn.code.parameters;
  const atMost = fn.defaults.slice(0, positional).some((d) => d !== undefined) ? 'at most ' : '';
  const noun = positional === 1 ? 'argument' : 'arguments';
  return new EvalError(
    `function ${fn.code.name} accepts ${atMost}${positional === 0 ? 'no' : positional} positional ${noun} (${given} given)`,
  );
}
