import { joined } from './arithmetic.ts';
import { textOf } from './conversions.ts';
import type { Context } from './context.ts';
import { always, constantOf, mapCases, RAISED, type Shape, someOrRaised, type Symbolic } from './symbolic.ts';

/** `format % value` for formats of %s and %d. */
export function percentFormat(format: string, value: Symbolic, c: Context): Symbolic {
  const parts = [...format.matchAll(/%([\s\S]?)|[^%]+/g)];
  if (parts.some(([whole, conversion]) => conversion !== undefined && !['%s', '%d', '%%'].includes(whole))) return left('%', c);
  return mapCases(value, (shape) => {
    const operands = operandsOf(shape);
    if (operands === null) return left('%', c);
    const conversions = parts.filter(([whole]) => whole === '%s' || whole === '%d').length;
    if (conversions !== operands.length) return shape.kind === 'dict' ? left('%', c) : RAISED;
    let next = 0;
    return concatenated(
      parts.map(([whole]) => {
        if (whole === '%s') return mapCases(operands[next++] as Symbolic, textOf);
        if (whole === '%d') return mapCases(operands[next++] as Symbolic, digitsOf);
        return constantOf(whole === '%%' ? '%' : whole);
      }),
      c,
    );
  });
}

/** `format.format(…)` with `{}` only. */
export function braceFormat(format: string, args: readonly Symbolic[], c: Context): Symbolic {
  const parts = format.split('{}');
  if (parts.some((p) => /[{}]/.test(p))) return left('.format()', c);
  if (parts.length - 1 > args.length) return RAISED;
  return concatenated(
    parts.flatMap((p, i) => (i === 0 ? [constantOf(p)] : [mapCases(args[i - 1] as Symbolic, textOf), constantOf(p)])),
    c,
  );
}

function left(what: string, c: Context): Symbolic {
  c.unknown(`the format of ${what} is left to the interpreter`);
  return someOrRaised('string');
}

function operandsOf(shape: Shape): readonly Symbolic[] | null {
  if (shape.kind === 'sequence' && shape.type === 'tuple') return shape.items;
  if (shape.kind === 'unknown' || shape.kind === 'event' || (shape.kind === 'some' && shape.type === 'tuple')) return null;
  if (shape.kind === 'constant') return typeof shape.value === 'object' && shape.value !== null ? null : [constantOf(shape.value)];
  return [always(shape)];
}

function digitsOf(shape: Shape): Symbolic {
  switch (shape.kind) {
    case 'int':
      return textOf(shape);
    case 'string':
    case 'list':
    case 'dict':
    case 'strings':
    case 'sequence':
    case 'counted':
    case 'opaque':
      return RAISED;
    case 'constant':
      if (typeof shape.value === 'number' || typeof shape.value === 'bigint') return constantOf(String(shape.value));
      return shape.value === null || typeof shape.value === 'string' ? RAISED : someOrRaised('string');
    default:
      return someOrRaised('string');
  }
}

function concatenated(parts: readonly Symbolic[], c: Context): Symbolic {
  return parts.reduce((whole, part) => mapCases(whole, (x) => mapCases(part, (y) => joined(x, y, c))), constantOf(''));
}
