import type { Def, Lambda } from '../syntax/ast.ts';
import type { FunctionScope } from '../resolve/scope.ts';
import type { Span } from '../syntax/span.ts';
import { type Cell, Frame, type RunningCode } from './frame.ts';
import type { LoadModule } from './load.ts';
import type { Thread } from './thread.ts';
import type { Value } from './values.ts';

/** The names of a module while and after it runs. */
export class Module {
  readonly file: string;
  readonly source: string;
  readonly names: ReadonlyMap<string, number>;
  readonly globals: (Value | undefined)[];
  readonly predeclared: ReadonlyMap<string, Value>;
  readonly universal: ReadonlyMap<string, Value>;
  /** How it loads others. */
  readonly load: LoadModule;

  constructor(
    file: string,
    source: string,
    names: readonly string[],
    predeclared: ReadonlyMap<string, Value>,
    universal: ReadonlyMap<string, Value>,
    load: LoadModule,
  ) {
    this.file = file;
    this.source = source;
    this.names = new Map(names.map((n, i) => [n, i]));
    this.globals = names.map(() => undefined);
    this.predeclared = predeclared;
    this.universal = universal;
    this.load = load;
  }
}

/** The parameters of a function, by slot: those that take one value, then *args and **kwargs. */
export interface Parameters {
  /** Names of the parameters that take positions, then keyword-only ones. */
  readonly names: readonly string[];
  /** By index into `names`: whether it has a default. */
  readonly optional: readonly boolean[];
  readonly positional: number;
  readonly argsSlot: number | null;
  readonly kwargsSlot: number | null;
  /** How many positional arguments a call has that needs no more than to hand them over; -1 where there is more to do. */
  readonly arity: number;
}

/** A compiled function: takes a value for each parameter, by slot, and gives what the function returns. */
export type Run = (thread: Thread, fn: StarlarkFunction, ...slots: (Value | undefined)[]) => Value;

/** What all functions made by one def or lambda share. It is compiled when it is called first. */
export class FunctionCode implements RunningCode {
  readonly name: string;
  readonly node: Def | Lambda;
  readonly module: Module;
  readonly parameters: Parameters;
  readonly scope: FunctionScope;
  /** Filled when it is compiled. */
  readonly sites: Span[] = [];
  /** The frame of the next call: since no function may be active twice, its calls take turns with one. */
  frame = new Frame(this);
  /** `parameters.arity` once it is compiled, so that a call that compares it with its arguments needs no other question; -1 before. */
  arity = -1;
  run: Run | null = null;
  private readonly generate: (code: FunctionCode) => Run;

  constructor(
    name: string,
    node: Def | Lambda,
    module: Module,
    parameters: Parameters,
    scope: FunctionScope,
    generate: (code: FunctionCode) => Run,
  ) {
    this.name = name;
    this.node = node;
    this.module = module;
    this.parameters = parameters;
    this.scope = scope;
    this.generate = generate;
  }

  /** The compiled function. */
  compiled(): Run {
    if (this.run === null) {
      this.run = this.generate(this);
      this.arity = this.parameters.arity;
    }
    return this.run;
  }
}

/** A function of the program. */
export class StarlarkFunction {
  get starlarkType(): string {
    return 'function';
  }
  readonly code: FunctionCode;
  /** Values for parameters (by index into `code.parameters.names`), undefined where required. */
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
    const free = this.code.scope.free.findIndex((f) => f.name === name);
    if (free >= 0) return this.captured[free]?.value;
    const global = module.names.get(name);
    if (global !== undefined) return module.globals[global];
    return module.predeclared.get(name) ?? module.universal.get(name);
  }
}
