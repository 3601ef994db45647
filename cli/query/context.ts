import type { StarlarkFunction } from '../starlark/index.ts';
import type { Symbolic } from './symbolic.ts';
import { Parameters } from './parameters.ts';

/** Thrown when a predicate does something besides looking: then it must run on every event. */
export class Impure extends Error {}

/** What one translation shares. */
export class Context {
  readonly params = new Parameters();
  /** Why some rows need the interpreter, in the order found. */
  readonly reasons: string[] = [];
  /** Functions being inlined, innermost last. */
  readonly inlining: StarlarkFunction[] = [];
  private indexes = 0;

  /** A name for the index of a list element. */
  nextIndex(): string {
    return `i${this.indexes++}`;
  }

  unknown(why: string): void {
    if (!this.reasons.includes(why)) this.reasons.push(why);
  }
}

/** The variables of a function body: its parameters and comprehension variables; other names are looked up in the function. */
export interface Scope {
  readonly fn: StarlarkFunction;
  readonly variables: ReadonlyMap<string, Symbolic>;
}
