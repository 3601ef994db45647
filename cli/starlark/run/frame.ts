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

/** One call in progress. `at` is the place last executed that can fail or call. */
export class Frame {
  readonly thread: Thread;
  readonly name: string;
  readonly locals: Slot[];
  readonly captured: readonly Cell[];
  readonly caller: Frame | null;
  at: Span | null = null;
  result: Value = null;
  /** What marks the running code, and what the mark was before the call; null for a module's own statements. */
  readonly code: { active: Thread | null } | null;
  readonly wasActive: Thread | null;

  constructor(thread: Thread, name: string, locals: Slot[], captured: readonly Cell[], code: { active: Thread | null } | null) {
    this.thread = thread;
    this.name = name;
    this.locals = locals;
    this.captured = captured;
    this.caller = thread.top;
    this.code = code;
    this.wasActive = code === null ? null : code.active;
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
