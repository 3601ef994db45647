import { absolute } from './arithmetic.ts';
import { attributeOf, isEventAttribute } from './attribute.ts';
import type { Arguments } from './calls.ts';
import type { Context } from './context.ts';
import { floatOf, intOf, stringLength, textOf, typeOf } from './conversions.ts';
import { sizeOf, sortOf } from './shape-sort.ts';
import {
  always,
  boolOf,
  constantOf,
  int,
  json,
  mapCases,
  onlyConstant,
  RAISED,
  type Shape,
  some,
  someOrRaised,
  type Symbolic,
  truthOf,
  UNKNOWN_VALUE,
} from './symbolic.ts';

/** A pure builtin on something that is not constant. */
export function builtinOf(name: string, args: Arguments, c: Context): Symbolic {
  const [x] = args.positional;
  const result = x === undefined || args.named.size > 0 ? null : onArguments(name, x, args, c);
  return result ?? c.unknown(`${name}() is left to the interpreter here`);
}

// prettier-ignore
const CONVERSIONS: Readonly<Record<string, (shape: Shape) => Symbolic>> = {
  float: floatOf, int: intOf, len: lengthOf, list: listOf, str: textOf, type: typeOf,
};

function onArguments(name: string, x: Symbolic, args: Arguments, c: Context): Symbolic | null {
  if (name === 'getattr' || name === 'hasattr') return namedAttribute(name, x, args, c);
  if (args.positional.length !== 1) return null;
  if (name === 'bool') return boolOf(truthOf(x));
  if (name === 'abs') return mapCases(x, (shape) => absolute(shape) ?? UNKNOWN_VALUE);
  const convert = CONVERSIONS[name];
  return convert === undefined ? null : mapCases(x, convert);
}

function namedAttribute(builtin: string, x: Symbolic, args: Arguments, c: Context): Symbolic | null {
  const name = onlyConstant(args.positional[1] ?? UNKNOWN_VALUE);
  if (typeof name !== 'string' || x.cases.some((k) => k.shape.kind !== 'event')) return null;
  if (builtin === 'hasattr') return args.positional.length === 2 ? constantOf(isEventAttribute(name)) : null;
  if (args.positional.length > 3) return null;
  return isEventAttribute(name) ? attributeOf(x, name, c) : (args.positional[2] ?? RAISED);
}

function lengthOf(shape: Shape): Symbolic {
  const size = sizeOf(shape);
  if (size !== null) return always(int(size));
  switch (shape.kind) {
    case 'string':
      return stringLength(shape.sql);
    case 'opaque':
      return some('int');
    case 'some':
      return shape.type === 'int' || shape.type === 'float' ? RAISED : some('int');
    case 'int':
    case 'float':
    case 'bool':
      return RAISED;
    case 'constant':
      if (typeof shape.value === 'string') return constantOf(shape.value.length);
      return ['number', 'bool', 'none'].includes(sortOf(shape)) ? RAISED : UNKNOWN_VALUE;
    default:
      return UNKNOWN_VALUE;
  }
}

function listOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'list':
    case 'strings':
    case 'counted':
      return always(shape);
    case 'dict':
      return always({ kind: 'strings', sql: json('JSONExtractKeys', shape.path) });
    case 'sequence':
      return always({ ...shape, type: 'list' });
    case 'string':
    case 'opaque':
    case 'int':
    case 'float':
    case 'bool':
      return RAISED;
    case 'some':
      return shape.type === 'list' || shape.type === 'tuple' || shape.type === 'dict' ? some('list') : someOrRaised('list');
    case 'constant':
      return shape.value === null ? RAISED : UNKNOWN_VALUE;
    default:
      return UNKNOWN_VALUE;
  }
}
