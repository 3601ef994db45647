import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { elementsOf, iterate } from './iterate.ts';
import { typeName } from './type-name.ts';
import type { Value } from './values.ts';

/** Puts the entries of a dict, or of an iterable of pairs, into a dict. */
export function updateDict(dict: StarlarkDict, from: Value, who: string): void {
  if (from instanceof StarlarkDict) {
    for (const [key, value] of [...from.entries()]) dict.put(key, value);
    return;
  }
  iterate(from, who).forEach((item, i) => {
    const pair = elementsOf(item);
    if (pair === null) throw new EvalError(`${who}: dictionary update sequence element #${i} is not iterable (${typeName(item)})`);
    if (pair.length !== 2) {
      throw new EvalError(`${who}: dictionary update sequence element #${i} is a non-pair element (it has length ${pair.length}, want 2)`);
    }
    dict.put(pair[0] as Value, pair[1] as Value);
  });
}
