import { wantBool, wantInt, wantString } from './arguments.ts';
import { EvalError } from './errors.ts';
import { formatString } from './format.ts';
import { iterate } from './iterate.ts';
import { checkItems, checkStringLength, workOnString } from './limits.ts';
import { methods, type MethodTable } from './method.ts';
import { split, splitLines, splitRight, strip } from './string-split.ts';
import { typeName } from './type-name.ts';
import { StarlarkList, StarlarkTuple, type Value } from './values.ts';

type Args = readonly (Value | undefined)[];

/** The methods of strings. Positions are UTF-16 units. */
export const STRING_METHODS: MethodTable<string> = methods<string>({
  'capitalize()': (s) => upperFirst(s),
  'codepoint_ords()': (s) => new StarlarkList(codePoints(s).map((c) => c.codePointAt(0) ?? 0)),
  'codepoints()': (s) => strings(codePoints(s)),
  'count(sub, start?, end?)': (s, args) => count(s, args),
  'elem_ords()': (s) => new StarlarkList(units(s).map((c) => c.charCodeAt(0))),
  'elems()': (s) => strings(units(s)),
  'endswith(suffix, start?, end?)': (s, args) => affix(s, args, 'endswith'),
  'find(sub, start?, end?)': (s, args) => find(s, args, 'find', false),
  'format(*, **)': (s, args, _, kwargs) => formatString(s, args as readonly Value[], kwargs),
  'index(sub, start?, end?)': (s, args) => mustFind(find(s, args, 'index', false), 'index'),
  'isalnum()': (s) => /^[\p{L}\p{Nd}]+$/u.test(s),
  'isalpha()': (s) => /^\p{L}+$/u.test(s),
  'isdigit()': (s) => /^\p{Nd}+$/u.test(s),
  'islower()': (s) => /\p{Ll}/u.test(s) && !/[\p{Lu}\p{Lt}]/u.test(s),
  'isspace()': (s) => /^\p{White_Space}+$/u.test(s),
  'istitle()': (s) => isTitle(s),
  'isupper()': (s) => /\p{Lu}/u.test(s) && !/[\p{Ll}\p{Lt}]/u.test(s),
  'join(iterable)': (s, [list]) => join(s, list as Value),
  'lower()': (s) => s.toLowerCase(),
  'lstrip(cutset?)': (s, [cut]) => strip(s, cutset(cut, 'lstrip'), true, false),
  'partition(sep)': (s, [sep]) => partition(s, sep, 'partition', (t, x) => t.indexOf(x)),
  'removeprefix(prefix)': (s, [p]) => (s.startsWith(wantString(p, 'removeprefix')) ? s.slice((p as string).length) : s),
  'removesuffix(suffix)': (s, [p]) => (p !== '' && s.endsWith(wantString(p, 'removesuffix')) ? s.slice(0, -(p as string).length) : s),
  'replace(old, new, count?)': (s, args) => replace(s, args),
  'rfind(sub, start?, end?)': (s, args) => find(s, args, 'rfind', true),
  'rindex(sub, start?, end?)': (s, args) => mustFind(find(s, args, 'rindex', true), 'rindex'),
  'rpartition(sep)': (s, [sep]) => partition(s, sep, 'rpartition', (t, x) => t.lastIndexOf(x)),
  'rsplit(sep?, maxsplit?)': (s, [sep, max]) => strings(splitRight(s, separator(sep, 'rsplit'), wantInt(max, -1, 'rsplit: maxsplit'))),
  'rstrip(cutset?)': (s, [cut]) => strip(s, cutset(cut, 'rstrip'), false, true),
  'split(sep?, maxsplit?)': (s, [sep, max]) => strings(split(s, separator(sep, 'split'), wantInt(max, -1, 'split: maxsplit'))),
  'splitlines(keepends?)': (s, [keep]) => strings(splitLines(s, wantBool(keep, false, 'splitlines: keepends'))),
  'startswith(prefix, start?, end?)': (s, args) => affix(s, args, 'startswith'),
  'strip(cutset?)': (s, [cut]) => strip(s, cutset(cut, 'strip'), true, true),
  'title()': (s) => s.replace(/\p{L}+/gu, upperFirst),
  'upper()': (s) => s.toUpperCase(),
});

function strings(list: string[]): StarlarkList {
  return new StarlarkList(list);
}

function units(s: string): string[] {
  checkItems(s.length);
  return s.split('');
}

function codePoints(s: string): string[] {
  checkItems(s.length);
  return [...s];
}

function upperFirst(s: string): string {
  const first = String.fromCodePoint(s.codePointAt(0) ?? 0);
  return s === '' ? '' : first.toUpperCase() + s.slice(first.length).toLowerCase();
}

function isTitle(s: string): boolean {
  const words = s.match(/\p{L}+/gu) ?? [];
  return words.length > 0 && words.every((w) => /^[\p{Lu}\p{Lt}]\P{Lu}*$/u.test(w));
}

function cutset(value: Value | undefined, who: string): string | null {
  return value === undefined || value === null ? null : wantString(value, who);
}

function separator(value: Value | undefined, who: string): string | null {
  if (value === undefined || value === null) return null;
  const sep = wantString(value, `${who}: sep`);
  if (sep === '') throw new EvalError(`${who}: empty separator`);
  return sep;
}

/** The part of the text between optional positions, and where it begins; null where start is beyond the end. */
function region(s: string, start: Value | undefined, end: Value | undefined, who: string): { text: string; from: number } {
  const clamp = (i: number): number => Math.max(0, Math.min(i < 0 ? i + s.length : i, s.length));
  const from = clamp(wantInt(start, 0, `${who}: start`));
  const to = clamp(wantInt(end, s.length, `${who}: end`));
  if (s.length > 1024) workOnString(s.length);
  return { text: s.slice(from, Math.max(from, to)), from };
}

function find(s: string, [sub, start, end]: Args, who: string, last: boolean): number {
  const needle = wantString(sub, who);
  const { text, from } = region(s, start, end, who);
  const at = last ? text.lastIndexOf(needle) : text.indexOf(needle);
  return at < 0 ? -1 : at + from;
}

function mustFind(at: number, who: string): number {
  if (at < 0) throw new EvalError(`${who}: substring not found`, 'find() gives -1 instead');
  return at;
}

function count(s: string, [sub, start, end]: Args): number {
  const needle = wantString(sub, 'count');
  const { text } = region(s, start, end, 'count');
  return needle === '' ? text.length + 1 : text.split(needle).length - 1;
}

function affix(s: string, [value, start, end]: Args, who: 'startswith' | 'endswith'): boolean {
  const { text } = region(s, start, end, who);
  const options =
    value instanceof StarlarkTuple
      ? value.items.map((v) => wantString(v, `${who}: element of the tuple`))
      : [wantStringOrTuple(value, who)];
  return options.some((o) => (who === 'startswith' ? text.startsWith(o) : text.endsWith(o)));
}

function wantStringOrTuple(value: Value | undefined, who: string): string {
  if (typeof value === 'string') return value;
  throw new EvalError(`${who}: got ${typeName(value ?? null)}, want string or tuple of string`);
}

function partition(s: string, sep: Value | undefined, who: string, find: (text: string, sep: string) => number): StarlarkTuple {
  const text = wantString(sep, who);
  if (text === '') throw new EvalError(`${who}: empty separator`);
  const at = find(s, text);
  if (at < 0) return new StarlarkTuple(who === 'partition' ? [s, '', ''] : ['', '', s]);
  return new StarlarkTuple([s.slice(0, at), text, s.slice(at + text.length)]);
}

function join(s: string, list: Value): string {
  const parts = iterate(list, 'join');
  let length = 0;
  for (const v of parts) {
    if (typeof v !== 'string') throw new EvalError(`join: in list, want string, got ${typeName(v)}`, 'convert each with str(…)');
    length += v.length + s.length;
  }
  checkStringLength(length);
  return parts.join(s);
}

function replace(s: string, [from, to, limit]: Args): string {
  const old = wantString(from, 'replace: old');
  const by = wantString(to, 'replace: new');
  const max = wantInt(limit, -1, 'replace: count');
  const pieces = old === '' ? ['', ...units(s), ''] : split(s, old, -1);
  const changes = max < 0 ? pieces.length - 1 : Math.min(max, pieces.length - 1);
  checkStringLength(s.length + changes * by.length);
  return (
    pieces.slice(0, changes + 1).join(by) +
    pieces
      .slice(changes + 1)
      .map((p) => old + p)
      .join('')
  );
}
