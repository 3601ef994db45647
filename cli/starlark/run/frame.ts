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

/** What is running: its name for the call stack, and the thread it is active on (a second call on it would be recursion). */
export interface RunningCode {
  readonly name: string;
  active: Thread | null;
}

/** One call in progress. `at` is the place last executed that can fail or call. */
export class Frame {
  readonly thread: Thread;
  readonly code: RunningCode;
  readonly locals: Slot[];
  readonly captured: readonly Cell[];
  readonly caller: Frame | null;
  readonly wasActive: Thread | null;
  at: Span | null = null;
  result: Value = null;

  constructor(thread: Thread, code: RunningCode, locals: Slot[], captured: readonly Cell[]) {
    this.thread = thread;
    this.code = code;
    this.locals = locals;
    this.captured = captured;
    this.caller = thread.top;
    this.wasActive = code.active;
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
