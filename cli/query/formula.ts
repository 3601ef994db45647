/** An SQL condition that is never NULL and never throws; `1` and `0` are the constants. */
export type Formula = string;

export const YES: Formula = '1';
export const NO: Formula = '0';

/** All of them. */
export function and(...parts: Formula[]): Formula {
  const terms = [...new Set(parts.filter((p) => p !== YES))];
  if (terms.includes(NO) || terms.some((t) => terms.includes(`NOT (${t})`))) return NO;
  return terms.length === 0 ? YES : terms.length === 1 ? (terms[0] as Formula) : `(${terms.join(' AND ')})`;
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
 * `exact`: they hold on no other rows.
 */
export interface Outcomes {
  readonly truthy: Formula;
  readonly falsy: Formula;
  readonly raises: Formula;
  readonly exact: boolean;
}

export const UNKNOWN: Outcomes = { truthy: YES, falsy: YES, raises: YES, exact: false };
export const RAISES: Outcomes = { truthy: NO, falsy: NO, raises: YES, exact: true };
/** True or false, never an error. */
export const EITHER: Outcomes = { truthy: YES, falsy: YES, raises: NO, exact: false };

/** Decided by one exact condition. */
export function decided(condition: Formula): Outcomes {
  return { truthy: condition, falsy: not(condition), raises: NO, exact: true };
}

export function negate(a: Outcomes): Outcomes {
  return { truthy: a.falsy, falsy: a.truthy, raises: a.raises, exact: a.exact };
}

/** `a and b`: b only counts where a may be truthy. */
export function both(a: Outcomes, b: Outcomes): Outcomes {
  return {
    truthy: and(a.truthy, b.truthy), falsy: or(a.falsy, and(a.truthy, b.falsy)), raises: or(a.raises, and(a.truthy, b.raises)),
    exact: a.exact && b.exact,
  };
}

/** `a or b`: b only counts where a may be falsy. */
export function either(a: Outcomes, b: Outcomes): Outcomes {
  return {
    truthy: or(a.truthy, and(a.falsy, b.truthy)), falsy: and(a.falsy, b.falsy), raises: or(a.raises, and(a.falsy, b.raises)),
    exact: a.exact && b.exact,
  };
}

/** `x if test else y`. */
export function choose(test: Outcomes, x: Outcomes, y: Outcomes): Outcomes {
  const pick = (a: Formula, b: Formula): Formula => or(and(test.truthy, a), and(test.falsy, b));
  return {
    truthy: pick(x.truthy, y.truthy), falsy: pick(x.falsy, y.falsy), raises: or(test.raises, pick(x.raises, y.raises)),
    exact: test.exact && x.exact && y.exact,
  };
}
