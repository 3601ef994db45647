import type { Def, Expr, Lambda, Param, Stmt } from '../syntax/ast.ts';
import { FunctionCode, type Module, type Parameters, type Run, StarlarkFunction } from '../run/function.ts';
import { held } from './expression.ts';
import { writeBlock } from './statement.ts';
import { type Js, Writer } from './writer.ts';

/** A lambda: makes the function where it is evaluated. */
export function lambdaJs(w: Writer, node: Lambda): Js {
  return functionJs(w, 'lambda', node, returning(node.body));
}

/** A def: makes the function where it is executed. */
export function defJs(w: Writer, node: Def): Js {
  return functionJs(w, node.name.name, node, node.body);
}

/** A function with another body (part of its own) in the same surroundings: the same parameters, defaults and captured variables. */
export function withBody(fn: StarlarkFunction, body: Expr): StarlarkFunction {
  const { name, node, module, parameters } = fn.code;
  return new StarlarkFunction(codeOf(name, node, returning(body), module, parameters), fn.defaults, fn.captured);
}

function returning(value: Expr): Stmt[] {
  return [{ kind: 'return', value, span: value.span }];
}

function functionJs(w: Writer, name: string, node: Def | Lambda, body: readonly Stmt[]): Js {
  const parameters = parametersOf(node.params);
  const code = codeOf(name, node, body, w.module, parameters);
  const optional = new Map(node.params.flatMap((p) => (p.kind === 'optional' ? [[p.name.name, held(w, p.default)] as const] : [])));
  const defaults = parameters.names.map((p) => optional.get(p) ?? 'undefined');
  const cells = code.scope.free.map(({ from }) => (from.kind === 'free' ? `u${from.index}` : w.local(from.variable)));
  return `new ${w.use('StarlarkFunction')}(${w.constant(code)}, [${defaults.join(', ')}], [${cells.join(', ')}])`;
}

function codeOf(name: string, node: Def | Lambda, body: readonly Stmt[], module: Module, parameters: Parameters): FunctionCode {
  if (node.scope === null) throw new Error(`the function ${name} was not resolved`);
  return new FunctionCode(name, node, module, parameters, node.scope, (code) => generate(code, body));
}

/** The resolver gives the first slots to the parameters that take one value, in order, so a parameter's index is its slot. */
function parametersOf(params: readonly Param[]): Parameters {
  const plain = params.filter((p) => p.kind === 'required' || p.kind === 'optional');
  const starred = params.findIndex((p) => p.kind === 'args' || p.kind === 'star');
  const args = params.some((p) => p.kind === 'args');
  const kwargs = params.some((p) => p.kind === 'kwargs');
  const positional = starred < 0 ? plain.length : starred;
  return {
    names: plain.map((p) => p.name.name),
    optional: plain.map((p) => p.kind === 'optional'),
    positional,
    argsSlot: args ? plain.length : null,
    kwargsSlot: kwargs ? plain.length + Number(args) : null,
    arity: starred < 0 && !kwargs ? positional : -1,
  };
}

function generate(code: FunctionCode, body: readonly Stmt[]): Run {
  const { locals, free } = code.scope;
  const parameters = locals.filter((v) => v.isParam);
  const w = new Writer(code.module, code.sites, parameters);
  const prologue = [`const f = ${w.use('enter')}(thread, ${w.constant(code)});`, ...free.map((_, i) => `const u${i} = fn.captured[${i}];`)];
  if (writeBlock(w, body)) w.line(`return ${w.use('leave')}(thread, f, null);`);
  return w.build(['thread', 'fn', ...parameters.map((v) => `v${v.index}`)], prologue) as Run;
}
