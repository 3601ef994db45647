import type { Span } from '../syntax/span.ts';
import { EvalError, type StackFrame } from './errors.ts';
import type { Frame } from './frame.ts';

/** Calls that may be open at once. */
const MAX_CALL_DEPTH = 500;

/** What runs Starlark code: its limits, its output, and its call stack. One at a time uses a thread. */
export class Thread {
  /** Calls and loop rounds executed so far. */
  steps = 0;
  stepLimit: number;
  print: (text: string, span: Span | null) => void;
  /** The innermost call. */
  top: Frame | null = null;
  depth = 0;

  /** Without a limit a program may run forever. */
  constructor(options: { stepLimit?: number; print?: (text: string, span: Span | null) => void } = {}) {
    this.stepLimit = options.stepLimit ?? Number.POSITIVE_INFINITY;
    this.print = options.print ?? ((text) => process.stderr.write(`${text}\n`));
  }

  /** The open calls, outermost first. */
  get callStack(): StackFrame[] {
    const frames: StackFrame[] = [];
    for (let f = this.top; f !== null; f = f.caller) frames.unshift({ name: f.code.name, span: f.at });
    return frames;
  }

  /** The place that is being executed, for builtins that report it. */
  get span(): Span | null {
    return this.top?.at ?? null;
  }

  enter(frame: Frame): void {
    if (++this.depth > MAX_CALL_DEPTH) throw new EvalError(`more than ${MAX_CALL_DEPTH} calls inside each other`);
    if (++this.steps > this.stepLimit) throw stepsExceeded(this);
    this.top = frame;
  }

  leave(frame: Frame): void {
    this.depth--;
    this.top = frame.caller;
  }
}

/** The error of a program that ran longer than it may. */
export function stepsExceeded(thread: Thread): EvalError {
  return new EvalError(`stopped after ${thread.stepLimit} steps`, 'does a loop run longer than intended?');
}
