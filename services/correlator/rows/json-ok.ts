import { endOfString } from '../../collector/json-string.ts';

const suspicious = /\\ud[89a-f]|[0-9]{19}|[eE][+-]?[0-9]{3}|[[{](?:[^[{]*[[{]){300}/i;
const surrogate = /\\\\|\\ud[89a-f][0-9a-f]{2}/gi;
const numbers = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/g;

const smallest = -(2n ** 63n);
const largest = 2n ** 64n - 1n;
const maxDepth = 512;

/**
 * Whether ClickHouse's JSON functions read a document without loss: integers within Int64 or UInt64, finite doubles, valid Unicode,
 * not nested too deeply. `text` is canonical JSON.
 */
export function jsonOk(text: string): boolean {
  if (!suspicious.test(text)) return true;
  for (const [escape] of text.matchAll(surrogate)) if (escape !== '\\\\') return false;
  const bare = withoutStrings(text);
  for (const [number] of bare.matchAll(numbers)) {
    if (/^-?[0-9]+$/.test(number)) {
      const value = BigInt(number);
      if (value < smallest || value > largest) return false;
    } else if (!Number.isFinite(Number(number))) return false;
  }
  return depthOf(bare) <= maxDepth;
}

/** The document with its strings emptied. */
function withoutStrings(text: string): string {
  let bare = '';
  for (let at = 0; ;) {
    const begin = text.indexOf('"', at);
    const end = begin < 0 ? -1 : endOfString(text, begin);
    if (end < 0) return bare + text.slice(at);
    bare += `${text.slice(at, begin)}""`;
    at = end + 1;
  }
}

function depthOf(bare: string): number {
  let depth = 0;
  let deepest = 0;
  for (const c of bare) {
    if (c === '{' || c === '[') deepest = Math.max(deepest, ++depth);
    else if (c === '}' || c === ']') depth--;
  }
  return deepest;
}
