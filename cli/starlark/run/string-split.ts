import { checkItems, work, workOnString } from './limits.ts';

const SPACE = /\s+/u;

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
  let rest = s.trimStart();
  while (rest !== '' && (max < 0 || result.length < max)) {
    const gap = SPACE.exec(rest);
    if (gap === null) break;
    result.push(rest.slice(0, gap.index));
    rest = rest.slice(gap.index).trimStart();
  }
  return rest === '' ? result : [...result, rest.trimEnd() === '' ? rest : max < 0 ? rest.trimEnd() : rest];
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
  let rest = s.trimEnd();
  while (rest !== '' && result.length < max) {
    let start = rest.length;
    while (start > 0 && !SPACE.test(rest[start - 1] as string)) start--;
    result.push(rest.slice(start));
    rest = rest.slice(0, start).trimEnd();
  }
  if (rest !== '') result.push(rest);
  return result.reverse();
}

/** The lines, at \n, \r and \r\n. */
export function splitLines(s: string, keepEnds: boolean): string[] {
  if (s.length > 1024) work(s.length);
  const lines = s.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
  return keepEnds ? lines : lines.map((l) => l.replace(/(?:\r\n|\r|\n)$/, ''));
}

/** Removes the characters of `cutset` (space when null) from the ends. */
export function strip(s: string, cutset: string | null, left: boolean, right: boolean): string {
  const cut = (c: string): boolean => (cutset === null ? /\s/u.test(c) : cutset.includes(c));
  let start = 0;
  let end = s.length;
  while (left && start < end && cut(s[start] ?? '')) start++;
  while (right && end > start && cut(s[end - 1] ?? '')) end--;
  return s.slice(start, end);
}
