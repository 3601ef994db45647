import type { Span } from '../syntax/span.ts';

/** A variable of a function or a comprehension. `captured`: an inner function uses it, so it lives in a cell. */
export interface LocalVariable {
  readonly name: string;
  readonly index: number;
  readonly isParam: boolean;
  captured: boolean;
}

/** A variable of the module. */
export interface GlobalVariable {
  readonly name: string;
  readonly index: number;
  readonly first: Span;
  readonly loaded: boolean;
}

/** What a name stands for. */
export type Binding =
  | { readonly kind: 'local'; readonly variable: LocalVariable }
  | { readonly kind: 'free'; readonly index: number }
  | { readonly kind: 'global'; readonly variable: GlobalVariable }
  | { readonly kind: 'predeclared' }
  | { readonly kind: 'universal' };

/** Where a function's captured variable comes from when the function is made. */
export interface FreeVariable {
  readonly name: string;
  readonly from: { readonly kind: 'local'; readonly variable: LocalVariable } | { readonly kind: 'free'; readonly index: number };
}

/** The variables of one function: slots for its locals, and what it captures. */
export interface FunctionScope {
  readonly locals: LocalVariable[];
  readonly free: FreeVariable[];
}

/** The variables of a file. */
export interface ModuleScope {
  readonly globals: GlobalVariable[];
}
