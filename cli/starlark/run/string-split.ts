import { checkItems, work, workOnString } from './limits.ts';

/** Splits at a separator, or at runs of space when it is null; at most `max` times unless negative. */
export function split(s: string, sep: string | null, max: number): string[] {
  if (sep === null) return splitSpace(s, max);
  const parts = splitAll(s, sep);
  return max < 0 || parts.length <= max + 1 ? parts : [...parts.slice(0, max), parts.slice(max).join(sep)];
}

function splitAll(s: string, sep: string): string[] {
  if (s.length > 1024) workOnString(s.length);
  const parts = s.split(sep);
  checkItems(parts.length);
  return parts;
}

function splitSpace(s: string, max: number): string[] {
  if (s.length > 1024) work(s.length);
  const result: string[] = [];
  let at = skipSpace(s, 0);
  while (at < s.length && (max < 0 || result.length < max)) {
    let end = at;
    while (end < s.length && !isSpace(s.charCodeAt(end))) end++;
    result.push(s.slice(at, end));
    at = skipSpace(s, end);
  }
  if (at < s.length) result.push(s.slice(at));
  return result;
}

function skipSpace(s: string, from: number): number {
  let at = from;
  while (at < s.length && isSpace(s.charCodeAt(at))) at++;
  return at;
}

/** Whether the unit is white space in Unicode; JavaScript's own idea of it has U+FEFF and lacks U+0085. */
function isSpace(unit: number): boolean {
  if (unit < 0x80) return unit === 32 || (unit >= 9 && unit <= 13);
  return (
    unit === 0x85 ||
    unit === 0xa0 ||
    unit === 0x1680 ||
    (unit >= 0x2000 && unit <= 0x200a) ||
    unit === 0x2028 ||
    unit === 0x2029 ||
    unit === 0x202f ||
    unit === 0x205f ||
    unit === 0x3000
  );
}

/** Like split, counting from the right. */
export function splitRight(s: string, sep: string | null, max: number): string[] {
  if (max < 0) return split(s, sep, -1);
  if (sep !== null) {
    const parts = splitAll(s, sep);
    const kept = Math.max(0, parts.length - max);
    return kept <= 1 ? parts : [parts.slice(0, kept).join(sep), ...parts.slice(kept)];
  }
  if (s.length > 1024) work(s.length);
  const result: string[] = [];
  let end = skipSpaceBack(s, s.length);
  while (end > 0 && result.length < max) {
    let start = end;
    while (start > 0 && !isSpace(s.charCodeAt(start - 1))) start--;
    result.push(s.slice(start, end));
    end = skipSpaceBack(s, start);
  }
  if (end > 0) result.push(s.slice(0, end));
  return result.reverse();
}

function skipSpaceBack(s: string, from: number): number {
  let at = from;
  while (at > 0 && isSpace(s.charCodeAt(at - 1))) at--;
  return at;
}

/** The lines, at \n, \r and \r\n. */
export function splitLines(s: string, keepEnds: boolean): string[] {
  if (s.length > 1024) work(s.length);
  const lines = s.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  return keepEnds ? lines : lines.map((l) => l.replace(/(?:\r\n|\r|\n)$/, ''));
}

/** Removes the characters of `cutset` (space when null) from the ends. */
export function strip(s: string, cutset: string | null, left: boolean, right: boolean): string {
  if (cutset === null) {
    const from = left ? skipSpace(s, 0) : 0;
    return s.slice(from, right ? Math.max(from, skipSpaceBack(s, s.length)) : s.length);
  }
  const cut = new Set(cutset);
  const points = [...s];
  let start = 0;
  let end = points.length;
  while (left && start < end && cut.has(points[start] as string)) start++;
  while (right && end > start && cut.has(points[end - 1] as string)) end--;
  return points.slice(start, end).join('');
}
