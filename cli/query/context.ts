import type { StarlarkFunction } from '../starlark/index.ts';
import { Parameters } from './parameters.ts';
import { type Shape, type Symbolic, UNKNOWN_VALUE } from './symbolic.ts';

/** Thrown when a predicate does something besides looking: then it must run on every event. */
export class Impure extends Error {}

/** What is taken for granted while it is asked whether a predicate can match at all: one attribute, and nothing of `data`. */
export interface Assumption {
  readonly attribute: 'type' | 'service' | 'topic' | 'table';
  readonly shape: Shape;
}

/** What one translation shares. */
export class Context {
  readonly params: Parameters;
  readonly assumption: Assumption | null;
  /** Why some rows need the interpreter, in the order found. */
  readonly reasons: string[] = [];
  /** Functions being inlined, innermost last. */
  readonly inlining: StarlarkFunction[] = [];
  /** Whether `data` is read: the formulas hold on rows whose JSON is ok, and decoding others may raise. */
  readsData = false;
  private indexes = 0;

  /** `prefix`: what the names of parameters begin with. */
  constructor(assumption: Assumption | null = null, prefix = 'p') {
    this.assumption = assumption;
    this.params = new Parameters(prefix);
  }

  /** A name for the index of a list element. */
  nextIndex(): string {
    return `i${this.indexes++}`;
  }

  /** A value that is left to the interpreter, and why. */
  unknown(why: string): Symbolic {
    if (!this.reasons.includes(why)) this.reasons.push(why);
    return UNKNOWN_VALUE;
  }

  /** What may have an effect, or read what may change: no translation at all. Under an assumption only its value is unknown. */
  impure(why: string): Symbolic {
    if (this.assumption === null) throw new Impure(why);
    return UNKNOWN_VALUE;
  }
}

/** The variables of a function body: its parameters and comprehension variables; other names are looked up in the function. */
export interface Scope {
  readonly fn: StarlarkFunction;
  readonly variables: ReadonlyMap<string, Symbolic>;
}
