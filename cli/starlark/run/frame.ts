import type { Span } from '../syntax/span.ts';
import type { Thread } from './thread.ts';
import type { Value } from './values.ts';

/** Holds a variable that an inner function captured. */
export class Cell {
  value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

export type Slot = Value | Cell | undefined;

/** What is running, by the name that the call stack shows. */
export interface RunningCode {
  readonly name: string;
}

/**
 * One call in progress. `at` is the place last executed that can fail or call. Since no function may be active twice, its calls take
 * turns with one frame (`FunctionCode.idle`); between calls the slots of variables are undefined.
 */
export class Frame {
  readonly code: RunningCode;
  thread: Thread;
  readonly locals: Slot[];
  captured: readonly Cell[];
  caller: Frame | null = null;
  /** How many calls are open, this one included. */
  depth = 1;
  at: Span | null = null;
  result: Value = null;

  constructor(code: RunningCode, thread: Thread, locals: Slot[], captured: readonly Cell[]) {
    this.code = code;
    this.thread = thread;
    this.locals = locals;
    this.captured = captured;
  }
}

/** Runs an expression in a frame. */
export type Eval = (f: Frame) => Value;

/** How a statement ended. */
export const NEXT = 0;
export const BREAK = 1;
export const CONTINUE = 2;
export const RETURN = 3;
export type Completion = typeof NEXT | typeof BREAK | typeof CONTINUE | typeof RETURN;

/** Runs a statement in a frame; a returned value is left in `result`. */
export type Exec = (f: Frame) => Completion;
