import { StarlarkTuple, type Value } from '../starlark/index.ts';
import { type Arguments, constantArguments } from './calls.ts';
import type { Context } from './context.ts';
import { isAscii } from './conversions.ts';
import { decided, EITHER, or, type Outcomes, RAISES, UNKNOWN } from './formula.ts';
import {
  always,
  boolOf,
  int,
  outcomesOf,
  RAISED,
  type Shape,
  some,
  someOrRaised,
  type SomeType,
  split,
  type Symbolic,
  text,
} from './symbolic.ts';

/** The ASCII part of what counts as space. */
const SPACE = '\t\n\v\f\r ';

/** What methods give that take no arguments, or none but strings and ints. */
// prettier-ignore
const RESULTS: Readonly<Record<string, SomeType | 'bool'>> = {
  capitalize: 'string', lower: 'string', title: 'string', upper: 'string', strip: 'string', lstrip: 'string', rstrip: 'string',
  removeprefix: 'string', removesuffix: 'string', replace: 'string', count: 'int', find: 'int', rfind: 'int', startswith: 'bool',
  endswith: 'bool',
  isalnum: 'bool', isalpha: 'bool', isdigit: 'bool', islower: 'bool', isspace: 'bool', istitle: 'bool', isupper: 'bool',
  codepoints: 'list', codepoint_ords: 'list', elems: 'list', elem_ords: 'list', splitlines: 'list',
};

/** How many strings each of them takes, at least and at most. */
const STRINGS: Readonly<Record<string, readonly [number, number]>> = {
  strip: [0, 1],
  lstrip: [0, 1],
  rstrip: [0, 1],
  removeprefix: [1, 1],
  removesuffix: [1, 1],
  replace: [2, 2],
  count: [1, 1],
  find: [1, 1],
  rfind: [1, 1],
  startswith: [1, 1],
  endswith: [1, 1],
};

// prettier-ignore
const CLASSES: Readonly<Record<string, string>> = {
  isalnum: '[0-9A-Za-z]', isalpha: '[A-Za-z]', isdigit: '[0-9]', isspace: '[\\t\\n\\x0b\\f\\r ]',
};

/** A method of a string in SQL; null where it is left to the interpreter altogether. */
export function stringMethod(sql: string, name: string, args: Arguments, c: Context): Symbolic | null {
  if (name === 'startswith' || name === 'endswith') return affix(sql, name, args, c);
  const constants = constantArguments(args);
  if (constants === null || constants.named.size > 0) return null;
  return inSql(sql, name, constants.positional, c) ?? resultOnly(name, constants.positional);
}

/** A method of a string of which nothing else is known. */
export function resultOnly(name: string, args: readonly Value[]): Symbolic | null {
  const one = args.length === 1 && typeof args[0] === 'string';
  if (name === 'split' || name === 'rsplit') return one && args[0] !== '' ? some('list') : null;
  if (name === 'index' || name === 'rindex') return one ? someOrRaised('int') : null;
  const type = RESULTS[name];
  const [least, most] = STRINGS[name] ?? [0, 0];
  if (type === undefined || args.length < least || args.length > most || !args.every((a) => typeof a === 'string')) return null;
  return type === 'bool' ? boolOf(EITHER) : some(type);
}

function inSql(sql: string, name: string, args: readonly Value[], c: Context): Symbolic | null {
  const [first, second] = args;
  const param = typeof first === 'string' ? c.params.string(first) : null;
  const onAscii = (shape: Shape, type: SomeType): Symbolic => split(isAscii(sql), always(shape), some(type));
  switch (args.length) {
    case 0:
      if (name === 'lower' || name === 'upper') return onAscii(text(`${name}(${sql})`), 'string');
      if (name.endsWith('strip')) return onAscii(text(stripped(sql, name, SPACE, c)), 'string');
      if (name === 'split') return onAscii({ kind: 'strings', sql: `extractAll(${sql}, ${pattern(`[^${escaped(SPACE)}]+`, c)})` }, 'list');
      return CLASSES[name] === undefined ? null : classTest(sql, CLASSES[name]);
    case 1:
      return param === null ? null : withOne(sql, name, first as string, param, c);
    case 2:
      if (name !== 'replace' || param === null || typeof second !== 'string') return null;
      return replaced(sql, first as string, second, param, c);
    default:
      return null;
  }
}

function withOne(sql: string, name: string, value: string, param: string, c: Context): Symbolic | null {
  const ascii = isAscii(sql);
  const position = int(`(toInt64(position(${sql}, ${param})) - 1)`);
  switch (name) {
    case 'strip':
    case 'lstrip':
    case 'rstrip':
      return split(ascii, always(text(stripped(sql, name, value, c))), some('string'));
    case 'find':
      return split(ascii, always(position), some('int'));
    case 'index':
      return split(`position(${sql}, ${param}) = 0`, RAISED, split(ascii, always(position), some('int')));
    case 'count':
      if (value === '') return split(ascii, always(int(`(length(${sql}) + 1)`)), some('int'));
      return always(int(`countSubstrings(${sql}, ${param})`));
    case 'split':
      return value === '' ? RAISED : always({ kind: 'strings', sql: `splitByString(${param}, ${sql})` });
    case 'removeprefix':
      return always(text(`if(startsWith(${sql}, ${param}), substring(${sql}, length(${param}) + 1), ${sql})`));
    case 'removesuffix':
      return always(text(`if(endsWith(${sql}, ${param}), substring(${sql}, 1, length(${sql}) - length(${param})), ${sql})`));
    default:
      return null;
  }
}

/** The text grows no more than fourfold: the interpreter has a limit. */
function replaced(sql: string, old: string, by: string, param: string, c: Context): Symbolic | null {
  const replacement = c.params.string(by);
  if (old === '' || by.length > 4 * old.length) return someOrRaised('string');
  return replacement === null ? null : always(text(`replaceAll(${sql}, ${param}, ${replacement})`));
}

function classTest(sql: string, set: string): Symbolic {
  return split(isAscii(sql), always({ kind: 'bool', sql: `match(${sql}, '^${set.replaceAll('\\', '\\\\')}+\\\\z')` }), boolOf(EITHER));
}

/** Without the characters of a set at its ends, on ASCII. */
function stripped(sql: string, name: string, characters: string, c: Context): string {
  const set = escaped(characters);
  if (set === '') return sql;
  const left = name === 'rstrip' ? sql : `replaceRegexpOne(${sql}, ${pattern(`^[${set}]+`, c)}, '')`;
  return name === 'lstrip' ? left : `replaceRegexpOne(${left}, ${pattern(`[${set}]+\\z`, c)}, '')`;
}

function escaped(characters: string): string {
  return [...characters].flatMap((ch) => (ch >= '\x80' ? [] : [`\\x{${ch.charCodeAt(0).toString(16)}}`])).join('');
}

function pattern(regex: string, c: Context): string {
  return c.params.string(regex) ?? "''";
}

function affix(sql: string, name: 'startswith' | 'endswith', args: Arguments, c: Context): Symbolic | null {
  const [option] = args.positional;
  if (option === undefined || args.positional.length > 1 || args.named.size > 0) return null;
  const fn = name === 'startswith' ? 'startsWith' : 'endsWith';
  return boolOf(
    outcomesOf(option, (shape): Outcomes => {
      switch (shape.kind) {
        case 'string':
          return decided(`${fn}(${sql}, ${shape.sql})`);
        case 'some':
          return shape.type === 'string' ? EITHER : shape.type === 'tuple' || shape.type === 'key' ? UNKNOWN : RAISES;
        case 'opaque':
          return EITHER;
        case 'sequence':
        case 'unknown':
        case 'event':
          return UNKNOWN;
        case 'constant':
          return constantAffix(fn, sql, shape.value, c);
        default:
          return RAISES;
      }
    }),
  );
}

function constantAffix(fn: string, sql: string, value: Value, c: Context): Outcomes {
  const options = value instanceof StarlarkTuple ? value.items : [value];
  if (!options.every((o) => typeof o === 'string')) return RAISES;
  const params = options.map((o) => c.params.string(o));
  return params.every((p) => p !== null) ? decided(or(...params.map((p) => `${fn}(${sql}, ${p})`))) : EITHER;
}
