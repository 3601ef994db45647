import { EvalError } from './errors.ts';

/** The longest string, and the most elements of a list, that one operation may make; the most entries of a dict or set. */
const MAX_STRING = 64 * 1024 * 1024;
const MAX_ITEMS = 8 * 1024 * 1024;
const MAX_ENTRIES = 2 * 1024 * 1024;
const MAX_INT_BITS = 1_000_000;

/** How much work of an operation (elements walked or made, sixteenths of a string's characters) counts as one step. */
const WORK_OF_A_STEP = 8;

/** Who pays for the work of operations: the thread that runs now. A JavaScript thread runs one Starlark thread at a time. */
interface Payer {
  spend(steps: number): void;
}
let payer: Payer | null = null;

/** Makes a thread the one that pays; gives the one that did. */
export function payWith(next: Payer | null): Payer | null {
  const before = payer;
  payer = next;
  return before;
}

/** Counts the work of an operation on many elements as steps, so that the limit on steps bounds time and memory too. */
export function work(elements: number): void {
  if (elements > WORK_OF_A_STEP && payer !== null) payer.spend(Math.ceil(elements / WORK_OF_A_STEP));
}

/** Counts work on the characters of a string. */
export function workOnString(length: number): void {
  work(length / WORK_OF_A_STEP);
}

export function checkStringLength(length: number): void {
  if (length > MAX_STRING) throw new EvalError(`a string of ${length} characters is too large (limit ${MAX_STRING})`);
  workOnString(length);
}

export function checkItems(count: number): void {
  if (count > MAX_ITEMS) throw new EvalError(`a sequence of ${count} elements is too large (limit ${MAX_ITEMS})`);
  work(count);
}

export function checkEntries(count: number): void {
  if (count > MAX_ENTRIES) throw new EvalError(`more than ${MAX_ENTRIES} entries in a dict or set`);
}

export function checkIntBits(bits: number): void {
  if (bits > MAX_INT_BITS) throw new EvalError(`an int of ${bits} bits is too large (limit ${MAX_INT_BITS})`);
  work(bits / 4);
}
