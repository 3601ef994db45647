import { invoke } from './call.ts';
import { type FunctionCode, type Run, StarlarkFunction } from './function.ts';
import type { Thread } from './thread.ts';
import type { Value } from './values.ts';

/**
 * A call as it is written: some arguments with positions, then named ones. Which parameter takes which is found once for each function
 * that is called there.
 */
export class CallShape {
  private readonly positional: number;
  private readonly names: readonly string[];
  private code: FunctionCode | null = null;
  private sources: readonly number[] | null = null;

  constructor(positional: number, names: readonly string[]) {
    this.positional = positional;
    this.names = names;
  }

  /** Calls a value; `given` are the positional arguments, then the named ones. */
  call(thread: Thread, fn: Value, given: Value[]): Value {
    if (!(fn instanceof StarlarkFunction)) return this.callOther(thread, fn, given);
    if (fn.code !== this.code) this.prepare(fn.code);
    const { sources } = this;
    if (sources === null) return this.callOther(thread, fn, given);
    const run = fn.code.run as Run;
    const value = (i: number): Value | undefined => {
      const from = sources[i] as number;
      return from < 0 ? fn.defaults[i] : given[from];
    };
    switch (sources.length) {
      case 1:
        return run(thread, fn, value(0));
      case 2:
        return run(thread, fn, value(0), value(1));
      case 3:
        return run(thread, fn, value(0), value(1), value(2));
      default:
        return run(thread, fn, ...sources.map((_, i) => value(i)));
    }
  }

  private callOther(thread: Thread, fn: Value, given: Value[]): Value {
    const kwargs = this.names.map((name, i) => [name, given[this.positional + i] as Value] as const);
    return invoke(thread, fn, given.slice(0, this.positional), new Map(kwargs));
  }

  private prepare(code: FunctionCode): void {
    code.compiled();
    this.code = code;
    this.sources = argumentSources(code, this.positional, this.names);
  }
}

/** By parameter: the index of its argument, or -1 for its default; null if arguments and parameters do not fit as simply as that. */
function argumentSources({ parameters }: FunctionCode, positional: number, names: readonly string[]): readonly number[] | null {
  const { arity, optional } = parameters;
  const sources = parameters.names.map((name, i) => {
    const named = names.indexOf(name);
    return i < positional ? i : named < 0 ? -1 : positional + named;
  });
  const fits = arity >= positional && names.every((name) => parameters.names.indexOf(name) >= positional);
  const complete = sources.every((from, i) => from >= 0 || optional[i] === true);
  return fits && complete ? sources : null;
}
