import {
  StarlarkBytes,
  StarlarkDict,
  StarlarkFloat,
  StarlarkList,
  StarlarkSet,
  StarlarkTuple,
  truth,
  type Value,
} from '../starlark/index.ts';
import { and, constant, decided, EITHER, type Formula, not, or, type Outcomes, RAISES, UNKNOWN } from './formula.ts';

/** A path into `data`: SQL of keys and indexes. */
export type Path = readonly string[];

/** What a value is known to be in some rows. `sql` is never NULL there. */
export type Shape =
  | { readonly kind: 'constant'; readonly value: Value }
  | { readonly kind: 'string'; readonly sql: string }
  /** Beyond 64 bits the SQL is an Int256. */
  | { readonly kind: 'int'; readonly sql: string; readonly bits: number }
  /** A finite one. */
  | { readonly kind: 'float'; readonly sql: string }
  | { readonly kind: 'bool'; readonly sql: Formula }
  /** Decoded from `data`. */
  | { readonly kind: 'list' | 'dict'; readonly path: Path }
  /** The attributes and keys of the event as strings. */
  | { readonly kind: 'fields' }
  /** A list of strings. */
  | { readonly kind: 'strings'; readonly sql: string }
  /** A list of which only the length is known. */
  | { readonly kind: 'counted'; readonly sql: string }
  /** A list or tuple whose elements have been evaluated; none of them raises. */
  | { readonly kind: 'sequence'; readonly type: 'list' | 'tuple'; readonly items: readonly Symbolic[] }
  | { readonly kind: 'event' }
  /** Only the type is known; `key` is a string that is not valid Unicode, or bytes. */
  | { readonly kind: 'some'; readonly type: SomeType }
  /** A string that differs from each constant it is compared with; these are collected. */
  | { readonly kind: 'opaque'; readonly others: Set<string> }
  | { readonly kind: 'raised' }
  | { readonly kind: 'unknown' };

export type SomeType = 'string' | 'int' | 'float' | 'list' | 'tuple' | 'dict' | 'key';

/** A shape and the rows that have it. */
export interface Case {
  readonly when: Formula;
  readonly shape: Shape;
}

/** A value as cases that cover all rows. `open`: the rows that may be in two; `0` when none is. */
export interface Symbolic {
  readonly cases: readonly Case[];
  readonly open: Formula;
}

/** Beyond this many combinations a formula would grow without use. */
const MAX_CASES = 64;

export function always(shape: Shape): Symbolic {
  return { cases: [{ when: '1', shape }], open: '0' };
}

export function constantOf(value: Value): Symbolic {
  return always({ kind: 'constant', value });
}

/** A string of SQL that shows what the interpreter sees, wherever the row's JSON is ok. */
export function text(sql: string): Shape {
  return { kind: 'string', sql };
}

export function int(sql: string, bits = 64): Shape {
  return { kind: 'int', sql, bits };
}

export function some(type: SomeType): Symbolic {
  return always({ kind: 'some', type });
}

/** A value of which only the type is known, where the computation may also raise. */
export function someOrRaised(type: SomeType): Symbolic {
  return {
    cases: [
      { when: '1', shape: { kind: 'some', type } },
      { when: '1', shape: { kind: 'raised' } },
    ],
    open: '1',
  };
}

/** One of two values by an exact condition. */
export function split(condition: Formula, yes: Symbolic, no: Symbolic): Symbolic {
  const under = (when: Formula, value: Symbolic): Case[] => value.cases.map((k) => ({ when: and(when, k.when), shape: k.shape }));
  const cases = [...under(condition, yes), ...under(not(condition), no)].filter((k) => k.when !== '0');
  return { cases, open: or(and(condition, yes.open), and(not(condition), no.open)) };
}

export const UNKNOWN_VALUE: Symbolic = { cases: [{ when: '1', shape: { kind: 'unknown' } }], open: '1' };
export const RAISED: Symbolic = always({ kind: 'raised' });

/** The outcomes of a test on each case, put together. */
export function outcomesOf(value: Symbolic, test: (shape: Shape) => Outcomes): Outcomes {
  const parts = value.cases.map(({ when, shape }) => ({ when, result: shape.kind === 'raised' ? RAISES : test(shape) }));
  const gather = (pick: (o: Outcomes) => Formula): Formula => or(...parts.map((p) => and(p.when, pick(p.result))));
  const open = or(
    value.open,
    gather((o) => o.open),
  );
  const truthy = gather((o) => o.truthy);
  const raises = gather((o) => o.raises);
  return { truthy, raises, falsy: open === '0' ? not(or(truthy, raises)) : gather((o) => o.falsy), open };
}

/** A value computed from each case. */
export function mapCases(value: Symbolic, map: (shape: Shape) => Symbolic): Symbolic {
  const cases: Case[] = [];
  const open = [value.open];
  for (const { when, shape } of value.cases) {
    const mapped = shape.kind === 'raised' ? RAISED : map(shape);
    open.push(and(when, mapped.open));
    for (const c of mapped.cases) {
      const both = and(when, c.when);
      if (both !== '0') cases.push({ when: both, shape: c.shape });
    }
  }
  return cases.length > MAX_CASES ? UNKNOWN_VALUE : { cases, open: or(...open) };
}

/** True or false by outcomes, as a value. */
export function boolOf(o: Outcomes): Symbolic {
  const cases: Case[] = [
    { when: o.truthy, shape: { kind: 'constant', value: true } },
    { when: o.falsy, shape: { kind: 'constant', value: false } },
    { when: o.raises, shape: { kind: 'raised' } },
  ];
  if (o.truthy === '1' && o.falsy === '1' && o.raises === '1') return UNKNOWN_VALUE;
  return { cases: cases.filter((c) => c.when !== '0'), open: o.open };
}

/** The one constant that the value is in all rows, or undefined. */
export function onlyConstant(value: Symbolic): Value | undefined {
  const [first] = value.cases;
  return value.cases.length === 1 && first?.shape.kind === 'constant' && first.when === '1' ? first.shape.value : undefined;
}

/** Whether the value counts as true. */
export function truthOf(value: Symbolic): Outcomes {
  return outcomesOf(value, (shape) => {
    switch (shape.kind) {
      case 'constant':
        return decided(constant(truth(shape.value)));
      case 'string':
        return decided(`${shape.sql} != ''`);
      case 'int':
      case 'float':
      case 'counted':
        return decided(`${shape.sql} != 0`);
      case 'bool':
        return decided(shape.sql);
      case 'list':
      case 'dict':
        return decided(`${json('JSONLength', shape.path)} > 0`);
      case 'strings':
        return decided(`notEmpty(${shape.sql})`);
      case 'sequence':
        return decided(constant(shape.items.length > 0));
      case 'event':
        return decided('1');
      case 'fields':
        return EITHER;
      case 'some':
        return shape.type === 'key' ? decided('1') : EITHER;
      case 'opaque':
        return EITHER;
      case 'raised':
        return RAISES;
      case 'unknown':
        return UNKNOWN;
    }
  });
}

/** A JSON function on a path of `data`. */
export function json(name: string, path: Path): string {
  return `${name}(${['data', ...path].join(', ')})`;
}

/** A value that a predicate may use as a constant: scalars, and plain containers of them. */
export function isPlain(value: Value, depth = 0): boolean {
  if (value === null || typeof value !== 'object') return true;
  if (value instanceof StarlarkFloat || value instanceof StarlarkBytes) return true;
  if (depth > 8) return false;
  if (value instanceof StarlarkList || value instanceof StarlarkTuple) return value.items.every((v) => isPlain(v, depth + 1));
  if (value instanceof StarlarkDict) return [...value.entries()].every(([k, v]) => isPlain(k, depth + 1) && isPlain(v, depth + 1));
  return value instanceof StarlarkSet && value.items().every((v) => isPlain(v, depth + 1));
}
