import type { LocalVariable } from '../resolve/scope.ts';
import type { Module } from '../run/function.ts';
import type { Span } from '../syntax/span.ts';
import { RUNTIME, type RuntimeName } from './runtime.ts';

/**
 * JavaScript text. A statement of a Starlark function becomes lines, an expression lines (what must be done first) and the text of a
 * JavaScript expression, which is good until the next line is written. In the text: `f` is the frame, `thread` the thread, v1 the local
 * variable of slot 1 (c1 its cell if it is captured), u1 the cell of a captured variable from outside, t1 an intermediate result, k1 a
 * constant. Nothing from the program gets into the text but numbers and strings as JSON; its names never do.
 */
export type Js = string;

/** Lines that were not written, and what came of them. */
export interface Apart<T> {
  readonly lines: readonly Js[];
  readonly result: T;
}

/** Writes the JavaScript of one function, or of some statements of a module. */
export class Writer {
  readonly module: Module;
  /** The local variables that have a value at the place that is being written. */
  assigned: ReadonlySet<LocalVariable>;
  private readonly sites: Span[];
  private readonly constants: unknown[] = [];
  private readonly names = new Set<RuntimeName>();
  private readonly locals = new Set<LocalVariable>();
  private lines: Js[] = [];
  private temps = 0;
  private mostTemps = 0;

  /** `sites` gets the places that the code notes in its frame. */
  constructor(module: Module, sites: Span[], assigned: Iterable<LocalVariable>) {
    this.module = module;
    this.sites = sites;
    this.assigned = new Set(assigned);
  }

  line(text: Js): void {
    this.lines.push(text);
  }

  /** Writes the lines between braces. What `body` assigns counts as assigned inside only; that is given. */
  block(head: Js, body: () => void): ReadonlySet<LocalVariable> {
    const before = this.assigned;
    this.line(`${head} {`);
    body();
    this.line('}');
    const after = this.assigned;
    this.assigned = before;
    return after;
  }

  /** What `body` would write, and its result; nothing is written. */
  apart<T>(body: () => T): Apart<T> {
    const [lines, assigned] = [this.lines, this.assigned];
    this.lines = [];
    const result = body();
    const written = this.lines;
    [this.lines, this.assigned] = [lines, assigned];
    return { lines: written, result };
  }

  append(lines: readonly Js[]): void {
    for (const line of lines) this.lines.push(line);
  }

  markAssigned(variable: LocalVariable): void {
    if (!this.assigned.has(variable)) this.assigned = new Set([...this.assigned, variable]);
  }

  /** The name of a local variable, or of its cell. */
  local(variable: LocalVariable): Js {
    this.locals.add(variable);
    return `${variable.captured ? 'c' : 'v'}${variable.index}`;
  }

  /** A variable for an intermediate result; it is free again after the `scoped` around. */
  temp(): Js {
    this.mostTemps = Math.max(this.mostTemps, ++this.temps);
    return `t${this.temps}`;
  }

  scoped<T>(body: () => T): T {
    const { temps } = this;
    const result = body();
    this.temps = temps;
    return result;
  }

  /** Evaluates the expression here; gives the name or literal that has its value until the end of the `scoped`. */
  hold(js: Js): Js {
    if (/^(?:[vtk]\d+|-?\d+n?|null|true|false|"(?:[^"\\]|\\.)*")$/.test(js)) return js;
    return this.named(js);
  }

  /** As `hold`, but never a literal: what is used as an object. */
  named(js: Js): Js {
    if (/^[vtk]\d+$/.test(js)) return js;
    const temp = this.temp();
    this.line(`${temp} = ${js};`);
    return temp;
  }

  /** An expression that notes the place in the frame: what is evaluated next may fail there or call. */
  at(span: Span): Js {
    if (this.sites.at(-1) !== span) this.sites.push(span);
    return `f.site = ${this.sites.length - 1}`;
  }

  /** The name of a value that the code refers to. */
  constant(value: unknown): Js {
    const known = this.constants.indexOf(value);
    return `k${known < 0 ? this.constants.push(value) - 1 : known}`;
  }

  /** The name of something that `RUNTIME` offers. */
  use(name: RuntimeName): Js {
    this.names.add(name);
    return name;
  }

  /** The function with these parameters, whose body is the prologue and all lines. */
  build(parameters: readonly Js[], prologue: readonly Js[]): unknown {
    const declarations = this.declarations();
    const text = [
      '"use strict";',
      `const { ${[...this.names].join(', ')} } = runtime;`,
      ...this.constants.map((_, i) => `const k${i} = constants[${i}];`),
      // The parentheses make the engine compile it at once instead of scanning it first.
      `return (function (${parameters.join(', ')}) {`,
      ...prologue,
      ...declarations,
      ...this.lines,
      '});',
    ].join('\n');
    return new Function('runtime', 'constants', 'globals', text)(RUNTIME, this.constants, this.module.globals);
  }

  private declarations(): Js[] {
    const locals = [...this.locals];
    const cells = locals
      .filter((v) => v.captured)
      .map((v) => `const c${v.index} = new ${this.use('Cell')}(${v.isParam ? `v${v.index}` : 'undefined'});`);
    const plain = locals.filter((v) => !v.captured && !v.isParam).map((v) => `v${v.index}`);
    const variables = [...plain, ...Array.from({ length: this.mostTemps }, (_, i) => `t${i + 1}`)];
    return variables.length === 0 ? cells : [...cells, `let ${variables.join(', ')};`];
  }
}
