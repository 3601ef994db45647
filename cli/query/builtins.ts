import { attributeOf } from './attribute.ts';
import type { Arguments } from './calls.ts';
import { COLUMNS } from './columns.ts';
import type { Context } from './context.ts';
import { not } from './formula.ts';
import {
  always, boolOf, constantOf, json, mapCases, onlyConstant, RAISED, type Shape, type Symbolic, truthOf, UNKNOWN_VALUE,
} from './symbolic.ts';

const TYPE_NAMES: Record<string, string> = { string: 'string', int: 'int', float: 'float', bool: 'bool', list: 'list', dict: 'dict' };

/** A pure builtin on something that is not constant. */
export function builtinOf(name: string, args: Arguments, c: Context): Symbolic {
  const [x] = args.positional;
  const result = x === undefined || args.named.size > 0 ? null : onArguments(name, x, args, c);
  if (result === null) c.unknown(`${name}() is left to the interpreter here`);
  return result ?? UNKNOWN_VALUE;
}

function onArguments(name: string, x: Symbolic, args: Arguments, c: Context): Symbolic | null {
  if (name === 'getattr' || name === 'hasattr') return namedAttribute(name, x, args, c);
  if (args.positional.length !== 1) return null;
  switch (name) {
    case 'bool': return boolOf(truthOf(x));
    case 'len': return mapCases(x, lengthOf);
    case 'type': return mapCases(x, typeOf);
    case 'str': return mapCases(x, textOf);
    case 'int': return mapCases(x, intOf);
    default: return null;
  }
}

function namedAttribute(builtin: string, x: Symbolic, args: Arguments, c: Context): Symbolic | null {
  const name = onlyConstant(args.positional[1] ?? UNKNOWN_VALUE);
  const known = typeof name === 'string' && (COLUMNS.has(name) || name === 'data');
  if (!known || x.cases.some((k) => k.shape.kind !== 'event')) return null;
  if (builtin === 'getattr') return args.positional.length <= 3 ? attributeOf(x, name, c) : null;
  return args.positional.length === 2 ? constantOf(true) : null;
}

/** len(x): exact on ASCII; other strings are counted by the interpreter in UTF-16 units. */
function lengthOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'list': case 'dict': return always({ kind: 'int', sql: json('JSONLength', shape.path), wide: false });
    case 'string': {
      const ascii = `length(${shape.sql}) = lengthUTF8(${shape.sql})`;
      const count: Shape = { kind: 'int', sql: `length(${shape.sql})`, wide: false };
      return { exact: true, cases: [{ when: ascii, shape: count }, { when: not(ascii), shape: { kind: 'some', type: 'int' } }] };
    }
    case 'some': return shape.type === 'string' ? always({ kind: 'some', type: 'int' }) : RAISED;
    case 'int': case 'float': case 'bool': return RAISED;
    case 'constant': return shape.value === null || typeof shape.value === 'number' || typeof shape.value === 'boolean' ? RAISED
      : typeof shape.value === 'string' ? constantOf(shape.value.length) : UNKNOWN_VALUE;
    default: return UNKNOWN_VALUE;
  }
}

function typeOf(shape: Shape): Symbolic {
  const name = shape.kind === 'some' ? shape.type : TYPE_NAMES[shape.kind];
  if (name !== undefined) return constantOf(name);
  return shape.kind === 'constant' && shape.value === null
    ? constantOf('NoneType')
    : shape.kind === 'constant' && typeof shape.value === 'string'
    ? constantOf('string')
    : UNKNOWN_VALUE;
}

function textOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'string': return always(shape);
    case 'int': return always({ kind: 'string', sql: `toString(${shape.sql})` });
    case 'float': case 'some': return always({ kind: 'some', type: 'string' });
    case 'bool': return boolText(shape.sql);
    case 'constant': return shape.value === null ? constantOf('None') : typeof shape.value === 'string' ? always(shape) : UNKNOWN_VALUE;
    default: return UNKNOWN_VALUE;
  }
}

function boolText(condition: string): Symbolic {
  return {
    exact: true,
    cases: [
      { when: condition, shape: { kind: 'constant', value: 'True' } },
      { when: not(condition), shape: { kind: 'constant', value: 'False' } },
    ],
  };
}

function intOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'int': return always(shape);
    case 'float': return always({ kind: 'some', type: 'int' });
    case 'some': return shape.type === 'int' ? always(shape) : UNKNOWN_VALUE;
    case 'list': case 'dict': return RAISED;
    case 'constant': return shape.value === null ? RAISED : UNKNOWN_VALUE;
    default: return UNKNOWN_VALUE;
  }
}
