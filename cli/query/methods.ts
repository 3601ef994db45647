import { call, findAttribute, StarlarkDict, StarlarkList, StarlarkTuple, Thread, type Value } from '../starlark/index.ts';
import { type Arguments, constantArguments } from './calls.ts';
import type { Context } from './context.ts';
import { computed, entry } from './evaluate.ts';
import { fieldOf } from './fields.ts';
import { braceFormat } from './format.ts';
import { resultOnly, stringMethod } from './string-methods.ts';
import {
  always,
  constantOf,
  isPlain,
  json,
  mapCases,
  onlyConstant,
  RAISED,
  type Shape,
  some,
  type Symbolic,
  text,
  UNKNOWN_VALUE,
} from './symbolic.ts';

/** Methods that change what they are called on. */
// prettier-ignore
export const MUTATORS: ReadonlySet<string> = new Set([
  'add', 'append', 'clear', 'discard', 'extend', 'insert', 'pop', 'popitem', 'remove', 'setdefault', 'update',
]);

/** A method call on data of the event or on a constant. */
export function methodOf(object: Symbolic, name: string, args: Arguments, c: Context): Symbolic {
  const constants = constantArguments(args);
  return mapCases(object, (shape) => {
    const example = exampleOf(shape);
    if (example !== undefined && isPlain(example) && findAttribute(example, name) === undefined) return RAISED;
    if (shape.kind === 'constant' && constants !== null && isPlain(shape.value)) {
      const method = findAttribute(shape.value, name) ?? null;
      return computed(() => call(new Thread(), method, [...constants.positional], new Map(constants.named)));
    }
    return onShape(shape, name, args, c) ?? c.unknown(`the method .${name}() is left to the interpreter here`);
  });
}

/** A value with the same methods. */
function exampleOf(shape: Shape): Value | undefined {
  switch (shape.kind) {
    case 'constant':
      return shape.value;
    case 'string':
    case 'opaque':
      return '';
    case 'some':
      return exampleOfType(shape.type);
    case 'int':
    case 'float':
    case 'bool':
      return 0;
    case 'list':
    case 'strings':
    case 'counted':
      return new StarlarkList([]);
    case 'sequence':
      return shape.type === 'list' ? new StarlarkList([]) : new StarlarkTuple([]);
    case 'dict':
    case 'fields':
      return new StarlarkDict();
    default:
      return undefined;
  }
}

function exampleOfType(type: Extract<Shape, { kind: 'some' }>['type']): Value | undefined {
  switch (type) {
    case 'string':
      return '';
    case 'int':
    case 'float':
      return 0;
    case 'list':
      return new StarlarkList([]);
    case 'tuple':
      return new StarlarkTuple([]);
    case 'dict':
      return new StarlarkDict();
    case 'key':
      return undefined;
  }
}

function onShape(shape: Shape, name: string, args: Arguments, c: Context): Symbolic | null {
  switch (shape.kind) {
    case 'dict':
      return onDict(shape, name, args, c);
    case 'string':
      return stringMethod(shape.sql, name, args, c);
    case 'fields':
      return onFields(name, args, c);
    case 'opaque':
      return onSomeString(name, args);
    case 'some':
      return shape.type === 'string' ? onSomeString(name, args) : shape.type === 'dict' ? onSomeDict(name, args) : null;
    case 'constant':
      return typeof shape.value === 'string' ? onConstantString(shape.value, name, args, c) : null;
    default:
      return null;
  }
}

function onSomeString(name: string, args: Arguments): Symbolic | null {
  const constants = constantArguments(args);
  return constants === null || constants.named.size > 0 ? null : resultOnly(name, constants.positional);
}

function onConstantString(value: string, name: string, args: Arguments, c: Context): Symbolic | null {
  if (name === 'format') return args.named.size === 0 ? braceFormat(value, args.positional, c) : null;
  const sql = c.params.string(value);
  if (sql === null) return null;
  return name === 'join' ? join(sql, args, c) : name === 'startswith' || name === 'endswith' ? stringMethod(sql, name, args, c) : null;
}

function join(separator: string, args: Arguments, c: Context): Symbolic | null {
  const [list] = args.positional;
  if (list === undefined || args.positional.length > 1 || args.named.size > 0) return null;
  return mapCases(list, (shape) => {
    if (shape.kind === 'strings') return always(text(`arrayStringConcat(${shape.sql}, ${separator})`));
    return c.unknown('.join() is left to the interpreter here');
  });
}

/** `.get(key)`, `.get(key, default)`, `.keys()`. */
function onDict(dict: Extract<Shape, { path: unknown }>, name: string, args: Arguments, c: Context): Symbolic | null {
  if (args.named.size > 0) return null;
  const [key, otherwise = constantOf(null)] = args.positional;
  if (name === 'get' && key !== undefined && args.positional.length <= 2) return mapCases(key, (k) => entry(dict, k, otherwise, c));
  if (key !== undefined) return null;
  if (name === 'keys') return always({ kind: 'strings', sql: json('JSONExtractKeys', dict.path) });
  return name === 'values' || name === 'items' ? always({ kind: 'counted', sql: json('JSONLength', dict.path) }) : null;
}

function onFields(name: string, args: Arguments, c: Context): Symbolic | null {
  const [key, otherwise = constantOf(null)] = args.positional;
  const known = key === undefined ? undefined : onlyConstant(key);
  if (name !== 'get' || typeof known !== 'string' || args.positional.length > 2 || args.named.size > 0) return onSomeDict(name, args);
  return fieldOf(known, otherwise, c);
}

/** A lookup of a string never raises; what it gives is not known. */
function onSomeDict(name: string, args: Arguments): Symbolic | null {
  const constants = constantArguments(args);
  if (name === 'get' && constants !== null && typeof constants.positional[0] === 'string' && constants.positional.length <= 2) {
    return UNKNOWN_VALUE;
  }
  return (name === 'keys' || name === 'values' || name === 'items') && args.positional.length === 0 ? some('list') : null;
}
