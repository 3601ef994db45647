import { nearestName } from '../nearest-name.ts';
import { Builtin, CallableHost, NO_KWARGS } from './builtin.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { Cell, Frame, type Slot } from './frame.ts';
import { StarlarkFunction } from './function.ts';
import type { Thread } from './thread.ts';
import { typeName } from './type-name.ts';
import { StarlarkTuple, type Value } from './values.ts';

/** Calls a value from inside a running program; errors pass through to whoever started it. */
export function invoke(thread: Thread, fn: Value, args: Value[], kwargs: Map<string, Value> = NO_KWARGS): Value {
  if (fn instanceof StarlarkFunction) return runFunction(thread, fn, bindArguments(fn, args, kwargs));
  if (fn instanceof Builtin || fn instanceof CallableHost) return fn.call(thread, args, kwargs);
  throw new EvalError(`invalid call of non-function (${typeName(fn)}): it is not callable`);
}

/** Runs a function whose parameters are in their slots. */
export function runFunction(thread: Thread, fn: StarlarkFunction, locals: Slot[]): Value {
  const { code } = fn;
  if (code.active === thread) {
    throw new EvalError(
      `function ${code.name} called recursively`, 'Starlark has no recursion: use a loop over a list of what is left to do',
    );
  }
  if (code.cellSlots.length > 0) makeCells(code.cellSlots, locals);
  const frame = new Frame(thread, code, locals, fn.captured);
  thread.enter(frame);
  code.active = thread;
  let result: Value;
  if (code.body !== null) result = code.body(frame);
  else {
    code.block(frame);
    result = frame.result;
  }
  code.active = frame.wasActive;
  thread.leave(frame);
  return result;
}

function makeCells(slots: readonly number[], locals: Slot[]): void {
  for (const slot of slots) locals[slot] = new Cell(locals[slot] as Value | undefined);
}

/** Puts arguments into the slots of parameters. Errors name the function and the parameter. */
export function bindArguments(fn: StarlarkFunction, args: readonly Value[], kwargs: ReadonlyMap<string, Value>): Slot[] {
  const { code } = fn;
  const locals: Slot[] = code.template.slice();
  const count = Math.min(args.length, code.positional);
  for (let i = 0; i < count; i++) locals[i] = args[i];
  if (code.argsSlot !== null) locals[code.argsSlot] = new StarlarkTuple(args.slice(count));
  else if (args.length > code.positional) throw tooMany(fn, args.length);
  if (kwargs.size > 0 || code.kwargsSlot !== null) bindKeywords(fn, locals, kwargs);
  const missing: string[] = [];
  for (let i = 0; i < code.params.length; i++) {
    if (locals[i] !== undefined) continue;
    const value = fn.defaults[i];
    if (value === undefined) missing.push(code.params[i] ?? '');
    else locals[i] = value;
  }
  if (missing.length > 0) {
    throw new EvalError(
      `function ${code.name} missing ${missing.length} ${missing.length === 1 ? 'argument' : 'arguments'} (${missing.join(', ')})`,
    );
  }
  return locals;
}

function bindKeywords(fn: StarlarkFunction, locals: Slot[], kwargs: ReadonlyMap<string, Value>): void {
  const { code } = fn;
  const rest = code.kwargsSlot === null ? null : new StarlarkDict();
  for (const [name, value] of kwargs) {
    const i = code.params.indexOf(name);
    if (i >= 0) {
      if (locals[i] !== undefined) throw new EvalError(`function ${code.name} got multiple values for parameter '${name}'`);
      locals[i] = value;
    } else if (rest !== null) rest.put(name, value);
    else {
      const near = nearestName(name, code.params);
      throw new EvalError(
        `function ${code.name} got an unexpected keyword argument '${name}'`, near === null ? null : `did you mean '${near}'?`,
      );
    }
  }
  if (code.kwargsSlot !== null) locals[code.kwargsSlot] = rest;
}

function tooMany(fn: StarlarkFunction, given: number): EvalError {
  const { positional } = fn.code;
  const atMost = fn.defaults.slice(0, positional).some((d) => d !== undefined) ? 'at most ' : '';
  const noun = positional === 1 ? 'argument' : 'arguments';
  return new EvalError(
    `function ${fn.code.name} accepts ${atMost}${positional === 0 ? 'no' : positional} positional ${noun} (${given} given)`,
  );
}
