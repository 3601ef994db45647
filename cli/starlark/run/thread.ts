import type { Span } from '../syntax/span.ts';
import { EvalError, type StackFrame } from './errors.ts';
import type { Frame } from './frame.ts';

/** Calls that may be open at once. */
const MAX_CALL_DEPTH = 500;

/** Steps between two looks at the limits. */
const FUEL = 1 << 16;

/** What runs Starlark code: its limits, its output, and its call stack. One at a time uses a thread. */
export class Thread {
  readonly stepLimit: number;
  readonly print: (text: string, span: Span | null) => void;
  /** The innermost call. */
  top: Frame | null = null;
  /** Steps (calls and rounds of loops) until the limits are looked at: each step takes one, below zero it calls `refuel`. */
  fuel: number;
  private granted: number;

  /** Without a limit a program may run forever. */
  constructor(options: { stepLimit?: number; print?: (text: string, span: Span | null) => void } = {}) {
    this.stepLimit = options.stepLimit ?? Number.POSITIVE_INFINITY;
    this.print = options.print ?? ((text) => process.stderr.write(`${text}\n`));
    this.granted = this.fuel = Math.min(FUEL, this.stepLimit);
  }

  /** The open calls, outermost first. */
  get callStack(): StackFrame[] {
    return this.callsInside(null);
  }

  /** The calls that were opened inside `outer` (null: all), outermost first. */
  callsInside(outer: Frame | null): StackFrame[] {
    const frames: StackFrame[] = [];
    for (let f = this.top; f !== null && f !== outer; f = f.caller) frames.unshift({ name: f.code.name, span: f.at });
    return frames;
  }

  /** The place that is being executed, for builtins that report it. */
  get span(): Span | null {
    return this.top?.at ?? null;
  }

  /** Makes the frame the innermost call. */
  enter(frame: Frame): void {
    if (--this.fuel < 0) this.refuel();
    const caller = this.top;
    const depth = caller === null ? 1 : caller.depth + 1;
    if (depth > MAX_CALL_DEPTH) throw new EvalError(`more than ${MAX_CALL_DEPTH} calls inside each other`);
    frame.caller = caller;
    frame.depth = depth;
    this.top = frame;
  }

  /** Grants more steps, or raises when a limit is reached. */
  refuel(): void {
    const more = Math.min(FUEL, this.stepLimit - this.granted);
    if (more <= 0) {
      this.fuel = 0;
      throw new EvalError(`stopped after ${this.stepLimit} steps`, 'does a loop run longer than intended?');
    }
    this.granted += more;
    this.fuel = more - 1;
  }
}
