import { nearestName } from '../nearest-name.ts';
import type { Comprehension, Def, Expr, FileNode, Ident, Lambda, Stmt } from '../syntax/ast.ts';
import type { Span, SyntaxProblem } from '../syntax/span.ts';
import { boundNames, targetNames } from './bindings.ts';
import { FunctionFrame } from './function-frame.ts';
import type { GlobalVariable } from './scope.ts';

/** What a file can use without defining it. */
export interface Environment {
  readonly predeclared: ReadonlySet<string>;
  readonly universal: ReadonlySet<string>;
}

/** Gives every name of the file its binding and every function its scope, in place. Returns what is wrong. */
export function resolve(file: FileNode, environment: Environment): SyntaxProblem[] {
  const resolver = new Resolver(environment);
  resolver.module(file);
  return resolver.problems;
}

class Resolver {
  readonly problems: SyntaxProblem[] = [];
  private readonly environment: Environment;
  private readonly globals = new Map<string, GlobalVariable>();
  private frame = new FunctionFrame(null);
  private loops = 0;
  private functions = 0;

  constructor(environment: Environment) {
    this.environment = environment;
  }

  module(file: FileNode): void {
    this.declareGlobals(file.body);
    this.statements(file.body);
    file.scope = { globals: [...this.globals.values()] };
  }

  /** Variables may be assigned again; a name that a def or a load binds may not be bound twice. */
  private declareGlobals(body: readonly Stmt[]): void {
    const once = new Set<string>();
    for (const { ident, by } of boundNames(body)) {
      const first = this.globals.get(ident.name);
      if (first === undefined) {
        this.globals.set(ident.name, { name: ident.name, index: this.globals.size, first: ident.span, loaded: by === 'load' });
      } else if (by !== 'assignment' || once.has(ident.name)) {
        this.problem(
          `cannot reassign global '${ident.name}', first given a value on line ${first.first.line}`,
          ident.span,
          'give one of them another name',
        );
      }
      if (by !== 'assignment') once.add(ident.name);
    }
  }

  private problem(message: string, span: Span, hint: string | null): void {
    this.problems.push({ message, span, hint });
  }

  private statements(body: readonly Stmt[]): void {
    for (const s of body) this.statement(s);
  }

  private statement(s: Stmt): void {
    switch (s.kind) {
      case 'expr':
        return this.expr(s.value);
      case 'assign':
      case 'augassign':
        this.expr(s.value);
        return this.expr(s.target);
      case 'def':
        this.expr(s.name);
        return this.function(s);
      case 'if':
        this.expr(s.test);
        this.statements(s.then);
        return this.statements(s.otherwise);
      case 'for':
        this.expr(s.iterable);
        this.expr(s.target);
        this.loops++;
        this.statements(s.body);
        this.loops--;
        return;
      case 'return':
        if (this.functions === 0) this.problem('return statement not within a function', s.span, null);
        if (s.value !== null) this.expr(s.value);
        return;
      case 'load':
        if (this.functions > 0) this.problem('load statement within a function', s.span, 'load at the top of the file');
        for (const n of s.names) {
          if (n.remote.startsWith('_')) {
            this.problem(`cannot load '${n.remote}': names that begin with _ are private to their file`, n.span, null);
          }
          this.expr(n.local);
        }
        return;
      case 'break':
      case 'continue':
        if (this.loops === 0) this.problem(`${s.kind} not in a loop`, s.span, null);
        return;
      case 'pass':
        return;
    }
  }

  private expr(e: Expr): void {
    switch (e.kind) {
      case 'ident':
        return this.use(e);
      case 'int':
      case 'float':
      case 'string':
      case 'bytes':
        return;
      case 'unary':
        return this.expr(e.operand);
      case 'binary':
      case 'logical':
        return this.all([e.left, e.right]);
      case 'conditional':
        return this.all([e.test, e.then, e.otherwise]);
      case 'call':
        return this.all([e.callee, ...e.args.map((a) => a.value)]);
      case 'index':
        return this.all([e.object, e.index]);
      case 'slice':
        return this.all([e.object, e.from, e.to, e.step]);
      case 'dot':
        return this.expr(e.object);
      case 'list':
      case 'tuple':
        return this.all(e.items);
      case 'dict':
        for (const entry of e.entries) this.all([entry.key, entry.value]);
        return;
      case 'comprehension':
        return this.comprehension(e);
      case 'lambda':
        return this.function(e);
    }
  }

  private all(list: readonly (Expr | null)[]): void {
    for (const e of list) if (e !== null) this.expr(e);
  }

  /** The first iterable belongs to the scope outside; everything else sees all the comprehension's variables. */
  private comprehension(e: Comprehension): void {
    this.frame.inBlock(() => {
      for (const clause of e.clauses) {
        if (clause.kind === 'for') for (const ident of targetNames(clause.target)) this.frame.declare(ident.name, false);
      }
      e.clauses.forEach((clause, i) => {
        if (clause.kind === 'if') return this.expr(clause.test);
        if (i === 0) this.frame.outsideBlock(() => this.expr(clause.iterable));
        else this.expr(clause.iterable);
        this.expr(clause.target);
      });
      this.all([e.key, e.body]);
    });
  }

  private function(node: Def | Lambda): void {
    for (const p of node.params) if (p.kind === 'optional') this.expr(p.default);
    const outer = { frame: this.frame, loops: this.loops };
    this.frame = new FunctionFrame(outer.frame);
    this.loops = 0;
    this.functions++;
    const named = node.params.filter((p) => p.kind !== 'star');
    for (const p of [...named.filter((p) => p.kind === 'required' || p.kind === 'optional'), ...named]) {
      this.frame.declare(p.name.name, true);
    }
    for (const p of named) this.use(p.name);
    if (node.kind === 'lambda') this.expr(node.body);
    else {
      for (const { ident } of boundNames(node.body)) this.frame.declare(ident.name, false);
      this.statements(node.body);
    }
    node.scope = { locals: this.frame.locals, free: this.frame.free };
    this.frame = outer.frame;
    this.loops = outer.loops;
    this.functions--;
  }

  private use(ident: Ident): void {
    const { name } = ident;
    const local = this.frame.find(name);
    const global = this.globals.get(name);
    if (local !== null) ident.binding = local;
    else if (global !== undefined) ident.binding = { kind: 'global', variable: global };
    else if (this.environment.predeclared.has(name)) ident.binding = { kind: 'predeclared' };
    else if (this.environment.universal.has(name)) ident.binding = { kind: 'universal' };
    else this.undefinedName(ident);
  }

  private undefinedName(ident: Ident): void {
    const known = [...this.frame.visible(), ...this.globals.keys(), ...this.environment.predeclared, ...this.environment.universal];
    const near = nearestName(ident.name, known);
    this.problem(`undefined: '${ident.name}' is not defined`, ident.span, near === null ? null : `did you mean '${near}'?`);
  }
}
