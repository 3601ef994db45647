import type { Def, Lambda } from '../syntax/ast.ts';
import type { FreeVariable } from '../resolve/scope.ts';
import type { Span } from '../syntax/span.ts';
import type { Cell, Eval, Frame, RunningCode } from './frame.ts';
import type { Value } from './values.ts';

/** The names of a module while and after it runs. */
export class Module {
  readonly file: string;
  readonly source: string;
  readonly names: ReadonlyMap<string, number>;
  readonly globals: (Value | undefined)[];
  readonly predeclared: ReadonlyMap<string, Value>;
  readonly universal: ReadonlyMap<string, Value>;

  constructor(
    file: string, source: string, names: readonly string[], predeclared: ReadonlyMap<string, Value>, universal: ReadonlyMap<string, Value>,
  ) {
    this.file = file;
    this.source = source;
    this.names = new Map(names.map((n, i) => [n, i]));
    this.globals = names.map(() => undefined);
    this.predeclared = predeclared;
    this.universal = universal;
  }
}

/** What all functions made by one def or lambda share. */
export interface FunctionCode extends RunningCode {
  readonly node: Def | Lambda;
  readonly module: Module;
  /** Names of the parameters that take positions, then keyword-only ones. */
  readonly params: readonly string[];
  /** By index into `params`: whether it has a default. */
  readonly optional: readonly boolean[];
  readonly positional: number;
  readonly argsSlot: number | null;
  readonly kwargsSlot: number | null;
  readonly free: readonly FreeVariable[];
  /** Copied for the locals of each call. */
  readonly template: readonly undefined[];
  /** Slots of parameters that live in cells, and of other captured variables. */
  readonly cellSlots: readonly number[];
  /** How many positional arguments a call has that needs no more than to put them in the first slots; -1 where there is more to do. */
  readonly arity: number;
  /** Runs the function; gives what it returns. */
  readonly body: Eval;
  /** The frame for the next call; null while the function runs. */
  idle: Frame | null;
}

/** A function of the program. */
export class StarlarkFunction {
  get starlarkType(): string {
    return 'function';
  }
  readonly code: FunctionCode;
  /** Values for parameters (by index into `code.params`), undefined where required. */
  readonly defaults: readonly (Value | undefined)[];
  readonly captured: readonly Cell[];

  constructor(code: FunctionCode, defaults: readonly (Value | undefined)[], captured: readonly Cell[]) {
    this.code = code;
    this.defaults = defaults;
    this.captured = captured;
  }

  get name(): string {
    return this.code.name;
  }
  get node(): Def | Lambda {
    return this.code.node;
  }
  get file(): string {
    return this.code.module.file;
  }
  /** The text of the whole file. */
  get source(): string {
    return this.code.module.source;
  }
  get span(): Span {
    return this.code.node.span;
  }

  /** The current value of a name that the function uses but does not define: captured, global or built in. */
  lookup(name: string): Value | undefined {
    const { module } = this.code;
    const free = this.code.free.findIndex((f) => f.name === name);
    if (free >= 0) return this.captured[free]?.value;
    const global = module.names.get(name);
    if (global !== undefined) return module.globals[global];
    return module.predeclared.get(name) ?? module.universal.get(name);
  }
}
