/** An SQL condition that is never NULL and never throws; `1` and `0` are the constants. */
export type Formula = string;

export const YES: Formula = '1';
export const NO: Formula = '0';

/** Longer conjunctions are not looked into. */
const MAX_LOOKED_INTO = 1000;

/** All of them. */
export function and(...parts: Formula[]): Formula {
  const terms = [...new Set(parts.filter((p) => p !== YES).flatMap(conjuncts))];
  if (terms.includes(NO) || terms.some((t) => terms.includes(`NOT (${t})`))) return NO;
  return terms.length === 0 ? YES : terms.length === 1 ? (terms[0] as Formula) : `(${terms.join(' AND ')})`;
}

/** The parts of a formula that `and` has made. */
function conjuncts(formula: Formula): Formula[] {
  if (!formula.startsWith('(') || formula.length > MAX_LOOKED_INTO || !formula.includes(' AND ')) return [formula];
  const parts: Formula[] = [];
  let depth = 0;
  let from = 1;
  for (let i = 0; i < formula.length; i++) {
    if (formula[i] === "'") return [formula];
    if (formula[i] === '(') depth++;
    else if (formula[i] === ')' && --depth === 0 && i < formula.length - 1) return [formula];
    else if (depth === 1 && formula.startsWith(' OR ', i)) return [formula];
    else if (depth === 1 && formula.startsWith(' AND ', i)) {
      parts.push(formula.slice(from, i));
      from = i + ' AND '.length;
    }
  }
  return [...parts, formula.slice(from, -1)];
}

/** Any of them. Tests of one JSON type become one IN. */
export function or(...parts: Formula[]): Formula {
  const terms = mergeTypes([...new Set(parts.filter((p) => p !== NO))]);
  if (terms.includes(YES) || terms.some((t) => terms.includes(`NOT (${t})`))) return YES;
  return terms.length === 0 ? NO : terms.length === 1 ? (terms[0] as Formula) : `(${terms.join(' OR ')})`;
}

const TYPE_TEST = /^(JSONType\([^()]*\)) (?:= ('\w+')|IN \(('[\w', ]+)\))$/;

function mergeTypes(terms: readonly Formula[]): Formula[] {
  const types = new Map<string, string[]>();
  const rest: Formula[] = [];
  for (const term of terms) {
    const [, subject, one, many] = TYPE_TEST.exec(term) ?? [];
    if (subject === undefined) rest.push(term);
    else types.set(subject, [...(types.get(subject) ?? []), one ?? many ?? '']);
  }
  const merged = [...types].map(([subject, names]) => {
    const list = names.join(', ');
    return list.includes(',') ? `${subject} IN (${list})` : `${subject} = ${list}`;
  });
  return [...merged, ...rest];
}

export function not(part: Formula): Formula {
  if (part === YES) return NO;
  return part === NO ? YES : `NOT (${part})`;
}

export function constant(value: boolean): Formula {
  return value ? YES : NO;
}

/**
 * Where an expression is truthy, falsy, or raises: three over-approximations, each holding at least on the rows of its outcome.
 * `open`: where they may hold on other rows too; `0` when they are exact everywhere.
 */
export interface Outcomes {
  readonly truthy: Formula;
  readonly falsy: Formula;
  readonly raises: Formula;
  readonly open: Formula;
}

export const UNKNOWN: Outcomes = { truthy: YES, falsy: YES, raises: YES, open: YES };
export const RAISES: Outcomes = { truthy: NO, falsy: NO, raises: YES, open: NO };
/** True or false, never an error. */
export const EITHER: Outcomes = { truthy: YES, falsy: YES, raises: NO, open: YES };

/** Decided by one exact condition. */
export function decided(condition: Formula): Outcomes {
  return { truthy: condition, falsy: not(condition), raises: NO, open: NO };
}

export function negate(a: Outcomes): Outcomes {
  return { truthy: a.falsy, falsy: a.truthy, raises: a.raises, open: a.open };
}

/** `a and b`: b only counts where a may be truthy. */
export function both(a: Outcomes, b: Outcomes): Outcomes {
  return {
    truthy: and(a.truthy, b.truthy),
    falsy: or(a.falsy, and(a.truthy, b.falsy)),
    raises: or(a.raises, and(a.truthy, b.raises)),
    open: or(a.open, and(a.truthy, b.open)),
  };
}

/** `a or b`: b only counts where a may be falsy. */
export function either(a: Outcomes, b: Outcomes): Outcomes {
  return {
    truthy: or(a.truthy, and(a.falsy, b.truthy)),
    falsy: and(a.falsy, b.falsy),
    raises: or(a.raises, and(a.falsy, b.raises)),
    open: or(a.open, and(a.falsy, b.open)),
  };
}

/** `x if test else y`. */
export function choose(test: Outcomes, x: Outcomes, y: Outcomes): Outcomes {
  const pick = (a: Formula, b: Formula): Formula => or(and(test.truthy, a), and(test.falsy, b));
  return {
    truthy: pick(x.truthy, y.truthy),
    falsy: pick(x.falsy, y.falsy),
    raises: or(test.raises, pick(x.raises, y.raises)),
    open: or(test.open, pick(x.open, y.open)),
  };
}
