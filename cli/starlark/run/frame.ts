import type { Span } from '../syntax/span.ts';
import type { Value } from './values.ts';

/** Holds a variable that an inner function captured. */
export class Cell {
  value: Value | undefined;
  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** What is running: the name that the call stack shows, and the places where it can fail or call. */
export interface RunningCode {
  readonly name: string;
  readonly sites: readonly Span[];
}

/** One call in progress. */
export class Frame {
  readonly code: RunningCode;
  caller: Frame | null = null;
  /** How many calls are open, this one included; 0 when the call is over. */
  depth = 0;
  /** The place last reached that can fail or call, as an index into the code's `sites`. */
  site = -1;

  constructor(code: RunningCode) {
    this.code = code;
  }

  /** The place last reached that can fail or call. */
  get at(): Span | null {
    return this.code.sites[this.site] ?? null;
  }
}
