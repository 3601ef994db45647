import type { Argument, Call, Dot } from '../syntax/ast.ts';
import { methodFinder } from '../run/attributes.ts';
import { Builtin } from '../run/builtin.ts';
import { noteCallSite } from '../run/call-sites.ts';
import { CallShape } from '../run/call-shape.ts';
import { exprJs, held } from './expression.ts';
import type { Js, Writer } from './writer.ts';

/** A call. Arguments of a function go straight to its parameters; methods of builtin types are called without a bound value. */
export function callJs(w: Writer, e: Call): Js {
  noteCallSite(e);
  if (e.callee.kind === 'dot') return methodCallJs(w, e, e.callee);
  const callee = w.named(exprJs(w, e.callee));
  const args = argumentsJs(w, e.args);
  const place = w.at(e.span);
  if (args.kind === 'spread') return `(${place}, ${w.use('invoke')}(thread, ${callee}, ${args.list}, ${args.kwargs}))`;
  if (constantBuiltin(w, e) && args.names.length === 0) {
    return `(${place}, ${callee}.call(thread, [${args.values.join(', ')}], ${w.use('NO_KWARGS')}))`;
  }
  const general = `${shapeJs(w, args)}.call(thread, ${callee}, [${args.values.join(', ')}])`;
  if (args.names.length > 0) return `(${place}, ${general})`;
  const passes = `${callee} instanceof ${w.use('StarlarkFunction')} && ${callee}.code.arity === ${args.values.length}`;
  return `(${place}, ${passes} ? ${callee}.code.run(${['thread', callee, ...args.values].join(', ')}) : ${general})`;
}

/** Whether the name that is called stands for a builtin, whatever the program does. */
function constantBuiltin({ module }: Writer, { callee }: Call): boolean {
  if (callee.kind !== 'ident') return false;
  const kind = callee.binding?.kind;
  return (kind === 'universal' || kind === 'predeclared') && module[kind].get(callee.name) instanceof Builtin;
}

function shapeJs(w: Writer, { values, names }: PlainArguments): Js {
  return w.constant(new CallShape(values.length - names.length, names));
}

function methodCallJs(w: Writer, e: Call, { object, name, nameSpan }: Dot): Js {
  const self = w.named(exprJs(w, object));
  const method = w.hold(`${w.constant(methodFinder(name))}(${self})`);
  const attribute = w.temp();
  w.line(`if (${method} === undefined) { ${w.at(nameSpan)}; ${attribute} = ${w.use('getAttribute')}(${self}, ${JSON.stringify(name)}); }`);
  const args = argumentsJs(w, e.args);
  const call = `${w.use('callAttribute')}(thread, ${method}, ${self}, ${attribute}, `;
  const place = w.at(e.span);
  if (args.kind === 'spread') return `(${place}, ${call}${args.list}, ${args.kwargs}))`;
  const count = args.values.length - args.names.length;
  const list = `[${args.values.slice(0, count).join(', ')}]`;
  if (args.names.length > 0) {
    const named = args.names.map((n, i) => `[${JSON.stringify(n)}, ${args.values[count + i]}]`);
    return `(${place}, ${call}${list}, new Map([${named.join(', ')}])))`;
  }
  const fits = `${method} !== undefined && ${method}.required <= ${count} && ${method}.most >= ${count}`;
  return `(${place}, ${fits} ? ${method}.run(${self}, ${list}, thread, ${w.use('NO_KWARGS')}) : ${call}${list}, ${w.use('NO_KWARGS')}))`;
}

/** Arguments that have fixed places: the positional ones, then the named ones. */
interface PlainArguments {
  readonly kind: 'plain';
  readonly values: readonly Js[];
  readonly names: readonly string[];
}

type Arguments = PlainArguments | { readonly kind: 'spread'; readonly list: Js; readonly kwargs: Js };

function argumentsJs(w: Writer, list: readonly Argument[]): Arguments {
  const positional = list.filter((a) => a.kind === 'positional').map((a) => held(w, a.value));
  const spread = list.find((a) => a.kind === 'args');
  const rest = list.find((a) => a.kind === 'kwargs');
  const args = spread === undefined ? `[${positional.join(', ')}]` : w.hold(`[${positional.join(', ')}]`);
  if (spread !== undefined) spreadJs(w, 'spreadArguments', args, spread);
  const named = list.filter((a) => a.kind === 'named').map((a) => ({ name: a.name, value: held(w, a.value) }));
  if (spread === undefined && rest === undefined) {
    return { kind: 'plain', values: [...positional, ...named.map((n) => n.value)], names: named.map((n) => n.name) };
  }
  const kwargs = w.hold(`new Map([${named.map((n) => `[${JSON.stringify(n.name)}, ${n.value}]`).join(', ')}])`);
  if (rest !== undefined) spreadJs(w, 'spreadKeywords', kwargs, rest);
  return { kind: 'spread', list: args, kwargs };
}

function spreadJs(w: Writer, add: 'spreadArguments' | 'spreadKeywords', to: Js, { value, span }: Argument): void {
  const x = held(w, value);
  w.line(`${w.at(span)};`);
  w.line(`${w.use(add)}(${to}, ${x});`);
}
