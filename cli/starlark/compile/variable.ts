import type { LocalVariable } from '../resolve/scope.ts';
import type { Value } from '../run/values.ts';
import type { Ident } from '../syntax/ast.ts';
import type { Js, Writer } from './writer.ts';

/** Reads a name. */
export function readName(w: Writer, ident: Ident): Js {
  const { binding, name } = ident;
  switch (binding?.kind) {
    case 'local':
      return readLocal(w, ident, binding.variable);
    case 'free':
      return checked(w, w.hold(`u${binding.index}.value`), ident, 'local');
    case 'global':
      return checked(w, w.hold(`globals[${binding.variable.index}]`), ident, 'global');
    case 'predeclared':
      return constantJs(w, w.module.predeclared.get(name) as Value);
    case 'universal':
      return constantJs(w, w.module.universal.get(name) as Value);
    default:
      throw new Error(`the name ${name} was not resolved`);
  }
}

/** Assigns to a name. */
export function assignName(w: Writer, { binding, name }: Ident, value: Js): void {
  if (binding?.kind === 'global') return w.line(`globals[${binding.variable.index}] = ${value};`);
  if (binding?.kind !== 'local') throw new Error(`the name ${name} cannot be assigned here`);
  w.line(`${localJs(w, binding.variable)} = ${value};`);
  w.markAssigned(binding.variable);
}

/** The JavaScript variable, or the field of the cell, that has a local variable's value. */
function localJs(w: Writer, variable: LocalVariable): Js {
  return variable.captured ? `${w.local(variable)}.value` : w.local(variable);
}

function readLocal(w: Writer, ident: Ident, variable: LocalVariable): Js {
  const js = localJs(w, variable);
  if (w.assigned.has(variable)) return js;
  const value = checked(w, w.hold(js), ident, 'local');
  w.markAssigned(variable);
  return value;
}

function checked(w: Writer, value: Js, { name, span }: Ident, scope: 'local' | 'global'): Js {
  w.line(`if (${value} === undefined) { ${w.at(span)}; ${w.use('unassigned')}("${scope}", ${JSON.stringify(name)}); }`);
  return value;
}

/** A value that is known when the code is written. */
export function constantJs(w: Writer, value: Value): Js {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return JSON.stringify(value);
  return value === null || typeof value === 'boolean' || typeof value === 'number' ? String(value) : w.constant(value);
}
