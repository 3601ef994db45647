import { EvalError } from './errors.ts';
import { indexInt } from './integers.ts';
import { typeName } from './type-name.ts';
import type { Value } from './values.ts';

/** The argument as a string; raises "…: got int, want string". */
export function wantString(value: Value | undefined, who: string): string {
  if (typeof value === 'string') return value;
  throw new EvalError(`${who}: got ${typeName(value ?? null)}, want string`);
}

/** The argument as a bounded int, or `otherwise` when it is left out or None. */
export function wantInt(value: Value | undefined, otherwise: number, who: string): number {
  return value === undefined || value === null ? otherwise : indexInt(value, who, typeName(value));
}

/** The argument as a bool, or `otherwise` when it is left out. */
export function wantBool(value: Value | undefined, otherwise: boolean, who: string): boolean {
  if (value === undefined) return otherwise;
  if (typeof value === 'boolean') return value;
  throw new EvalError(`${who}: got ${typeName(value)}, want bool`);
}
