import { EvalError } from './errors.ts';

/** The longest string, and the most elements of a list, that one operation may make. */
const MAX_STRING = 64 * 1024 * 1024;
const MAX_ITEMS = 8 * 1024 * 1024;
const MAX_INT_BITS = 1_000_000;

export function checkStringLength(length: number): void {
  if (length > MAX_STRING) throw new EvalError(`a string of ${length} characters is too large (limit ${MAX_STRING})`);
}

export function checkItems(count: number): void {
  if (count > MAX_ITEMS) throw new EvalError(`a sequence of ${count} elements is too large (limit ${MAX_ITEMS})`);
}

export function checkIntBits(bits: number): void {
  if (bits > MAX_INT_BITS) throw new EvalError(`an int of ${bits} bits is too large (limit ${MAX_INT_BITS})`);
}
