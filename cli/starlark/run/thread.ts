import type { Span } from '../syntax/span.ts';
import { EvalError, type StackFrame } from './errors.ts';
import type { Frame } from './frame.ts';
import { checkMemory } from './memory.ts';

/** Calls that may be open at once. */
const MAX_CALL_DEPTH = 500;

/** Steps between two looks at the limits, and between two looks at the memory. */
const FUEL = 1 << 12;
const STEPS_TO_MEMORY_CHECK = 1 << 16;

/** What runs Starlark code: its limits, its output, and its call stack. One at a time uses a thread. */
export class Thread {
  readonly stepLimit: number;
  readonly print: (text: string, span: Span | null) => void;
  /** The innermost call. */
  top: Frame | null = null;
  /** Steps (calls and rounds of loops) until the limits are looked at: each step takes one, below zero it calls `refuel`. */
  fuel: number;
  private granted: number;
  private memoryCheckAt = 0;
  private readonly timeLimit_ms: number;
  private readonly endsAt_ms: number;

  /** Without a limit a program may run forever. The time counts from here on. */
  constructor(options: { stepLimit?: number; timeLimit_ms?: number; print?: (text: string, span: Span | null) => void } = {}) {
    this.stepLimit = options.stepLimit ?? Number.POSITIVE_INFINITY;
    this.timeLimit_ms = options.timeLimit_ms ?? Number.POSITIVE_INFINITY;
    this.endsAt_ms = performance.now() + this.timeLimit_ms;
    this.print = options.print ?? ((text) => process.stderr.write(`${text}\n`));
    this.granted = Math.min(FUEL, this.stepLimit);
    this.fuel = this.granted | 0;
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

  /** Ends the innermost call, whose frame this is. */
  leave(frame: Frame): void {
    this.top = frame.caller;
    frame.caller = null;
    frame.depth = 0;
  }

  /** Takes several steps at once. */
  spend(steps: number): void {
    this.fuel -= steps;
    if (this.fuel < 0) this.refuel();
  }

  /** Grants more steps, or raises when a limit is reached. */
  refuel(): void {
    const used = this.granted - this.fuel;
    if (used > this.stepLimit) throw stopped(`${this.stepLimit} steps`);
    if (performance.now() > this.endsAt_ms) throw stopped(`${this.timeLimit_ms / 1000} s`);
    if (used >= this.memoryCheckAt) {
      this.memoryCheckAt = used + STEPS_TO_MEMORY_CHECK;
      checkMemory();
    }
    this.granted = Math.min(used + FUEL, this.stepLimit);
    // `| 0`: a small int, which the engine counts much faster than a float.
    this.fuel = (this.granted - used) | 0;
  }
}

function stopped(after: string): EvalError {
  return new EvalError(`stopped after ${after}`, 'does a loop run longer than intended?');
}
