import { nearestName } from '../nearest-name.ts';
import { Builtin, CallableHost, NO_KWARGS } from './builtin.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { Cell, Frame, type Slot } from './frame.ts';
import { type FunctionCode, StarlarkFunction } from './function.ts';
import type { Thread } from './thread.ts';
import { typeName } from './type-name.ts';
import { StarlarkTuple, type Value } from './values.ts';

/** Calls a value from inside a running program; errors pass through to whoever started it. */
export function invoke(thread: Thread, fn: Value, args: Value[], kwargs: Map<string, Value> = NO_KWARGS): Value {
  if (fn instanceof StarlarkFunction) {
    const frame = takeFrame(thread, fn);
    bindArguments(fn, frame.locals, args, kwargs);
    return runFrame(thread, fn.code, frame);
  }
  if (fn instanceof Builtin || fn instanceof CallableHost) return fn.call(thread, args, kwargs);
  throw new EvalError(`invalid call of non-function (${typeName(fn)}): it is not callable`);
}

/** The frame for a call, its slots empty: put the arguments there, then `runFrame`. */
export function takeFrame(thread: Thread, fn: StarlarkFunction): Frame {
  const { code } = fn;
  const frame = code.idle;
  if (frame === null) return freshFrame(thread, fn);
  code.idle = null;
  frame.thread = thread;
  frame.captured = fn.captured;
  return frame;
}

/** The first call makes the frame, and so does a call after one that failed. Any other call without an idle frame is recursion. */
function freshFrame(thread: Thread, { code, captured }: StarlarkFunction): Frame {
  for (let f = thread.top; f !== null; f = f.caller) {
    if (f.code === code) {
      throw new EvalError(
        `function ${code.name} called recursively`, 'Starlark has no recursion: use a loop over a list of what is left to do',
      );
    }
  }
  return new Frame(code, thread, code.template.slice(), captured);
}

/** Runs a function whose arguments are in the frame; afterwards the frame is idle. */
export function runFrame(thread: Thread, code: FunctionCode, frame: Frame): Value {
  const { locals } = frame;
  if (code.cellSlots.length > 0) makeCells(code.cellSlots, locals);
  thread.enter(frame);
  const result = code.body(frame);
  thread.top = frame.caller;
  for (let i = code.params.length; i < locals.length; i++) locals[i] = undefined;
  code.idle = frame;
  return result;
}

function makeCells(slots: readonly number[], locals: Slot[]): void {
  for (const slot of slots) locals[slot] = new Cell(locals[slot] as Value | undefined);
}

/** The slots of `count` positional arguments and of named ones, if all have one and no parameter lacks a value; else null. */
export function argumentSlots(code: FunctionCode, count: number, names: readonly string[]): readonly number[] | null {
  const slots = [...Array(count).keys(), ...names.map((name) => code.params.indexOf(name))];
  const fits = code.arity >= count && slots.every((slot, i) => slot >= 0 && slots.indexOf(slot) === i);
  const complete = code.params.every((_, i) => slots.includes(i) || code.optional[i] === true);
  return fits && complete ? slots : null;
}

/** Puts arguments into their slots (`argumentSlots`), and defaults into the others. */
export function placeArguments(fn: StarlarkFunction, locals: Slot[], slots: readonly number[], given: readonly Value[]): void {
  const { defaults, code } = fn;
  if (given.length < code.params.length) for (let i = 0; i < defaults.length; i++) locals[i] = defaults[i];
  for (let i = 0; i < given.length; i++) locals[slots[i] as number] = given[i];
}

/** Puts arguments into the slots of parameters. Errors name the function and the parameter. */
function bindArguments(fn: StarlarkFunction, locals: Slot[], args: readonly Value[], kwargs: ReadonlyMap<string, Value>): void {
  const { code } = fn;
  locals.fill(undefined, 0, code.params.length);
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
