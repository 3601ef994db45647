import { call, findAttribute, StarlarkDict, StarlarkList, StarlarkTuple, Thread, type Value } from '../starlark/index.ts';
import { type Arguments, constantArguments } from './calls.ts';
import type { Context } from './context.ts';
import { computed, entry } from './evaluate.ts';
import { decided, EITHER, not, or, type Outcomes, RAISES, UNKNOWN } from './formula.ts';
import {
  boolOf, constantOf, isPlain, mapCases, onlyConstant, outcomesOf, RAISED, type Shape, type Symbolic, UNKNOWN_VALUE,
} from './symbolic.ts';

/** Methods that change what they are called on. */
export const MUTATORS: ReadonlySet<string> = new Set([
  'add', 'append', 'clear', 'discard', 'extend', 'insert', 'pop', 'popitem', 'remove', 'setdefault', 'update',
]);

const STRIPS: ReadonlySet<string> = new Set(['strip', 'lstrip', 'rstrip']);
const FOLDS: ReadonlySet<string> = new Set(['lower', 'upper']);

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
    const result = onShape(shape, name, args, c);
    if (result === null) c.unknown(`the method .${name}() is left to the interpreter here`);
    return result ?? UNKNOWN_VALUE;
  });
}

/** A value with the same methods. */
function exampleOf(shape: Shape): Value | undefined {
  switch (shape.kind) {
    case 'constant': return shape.value;
    case 'string': return '';
    case 'some': return shape.type === 'string' ? '' : 0;
    case 'int': case 'float': case 'bool': return 0;
    case 'list': return new StarlarkList([]);
    case 'dict': return new StarlarkDict();
    default: return undefined;
  }
}

function onShape(shape: Shape, name: string, args: Arguments, c: Context): Symbolic | null {
  switch (shape.kind) {
    case 'dict': return name === 'get' ? get(shape, args, c) : null;
    case 'string': return onString(shape.sql, name, args, c);
    case 'some': return onSomeString(name, args);
    case 'constant': return typeof shape.value === 'string' && (
      name === 'startswith' || name === 'endswith'
    ) ? onString(c.params.string(shape.value), name, args, c) : null;
    default: return null;
  }
}

/** `.get(key)`, `.get(key, default)`. */
function get(dict: Extract<Shape, { path: unknown }>, args: Arguments, c: Context): Symbolic | null {
  const [key, otherwise = constantOf(null)] = args.positional;
  if (key === undefined || args.positional.length > 2 || args.named.size > 0) return null;
  const name = onlyConstant(key);
  return typeof name === 'string' ? entry(dict, name, otherwise, c) : null;
}

function onString(sql: string | null, name: string, args: Arguments, c: Context): Symbolic | null {
  if (sql === null) return null;
  if (FOLDS.has(name) && args.positional.length === 0 && args.named.size === 0) {
    const ascii = `length(${sql}) = lengthUTF8(${sql})`;
    return {
      exact: true,
      cases: [
        { when: ascii, shape: { kind: 'string', sql: `${name}(${sql})` } }, { when: not(ascii), shape: { kind: 'some', type: 'string' } },
      ],
    };
  }
  if (name === 'startswith' || name === 'endswith') return affix(sql, name, args, c);
  return onSomeString(name, args);
}

/** A string of which only the type is known. */
function onSomeString(name: string, args: Arguments): Symbolic | null {
  const strings = args.named.size === 0 && args.positional.every((a) => typeof onlyConstant(a) === 'string');
  if (FOLDS.has(name) && args.positional.length === 0 && strings) return someString();
  if (STRIPS.has(name) && args.positional.length <= 1 && strings) return someString();
  if ((name === 'startswith' || name === 'endswith') && args.positional.length === 1 && strings) return boolOf(EITHER);
  return null;
}

function someString(): Symbolic {
  return { cases: [{ when: '1', shape: { kind: 'some', type: 'string' } }], exact: true };
}

function affix(sql: string, name: 'startswith' | 'endswith', args: Arguments, c: Context): Symbolic | null {
  const [option] = args.positional;
  if (option === undefined || args.positional.length > 1 || args.named.size > 0) return null;
  const fn = name === 'startswith' ? 'startsWith' : 'endsWith';
  return boolOf(outcomesOf(option, (shape): Outcomes => {
    if (shape.kind === 'string') return decided(`${fn}(${sql}, ${shape.sql})`);
    if (shape.kind === 'some') return shape.type === 'string' ? EITHER : RAISES;
    if (shape.kind === 'unknown' || shape.kind === 'event') return UNKNOWN;
    if (shape.kind !== 'constant') return RAISES;
    const options = shape.value instanceof StarlarkTuple ? shape.value.items : [shape.value];
    if (!options.every((o) => typeof o === 'string')) return RAISES;
    const params = options.map((o) => c.params.string(o));
    return params.every((p) => p !== null) ? decided(or(...params.map((p) => `${fn}(${sql}, ${p})`))) : UNKNOWN;
  }));
}

