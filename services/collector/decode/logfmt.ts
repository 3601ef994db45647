import { endOfString } from '../json-string.ts';

const start = /\S/g;
const key = /([^\s="]+)=/y;
const bare = /[^\s"]*(?=\s|$)/y;
const word = /\S+/y;
const spaceOrEnd = /\s|$/y;

const unescape = (text: string): string =>
  text.replace(/\\(u[0-9a-fA-F]{4}|.)/g, (_, e: string) => {
    const simple: Record<string, string> = { n: '\n', t: '\t', r: '\r' };
    return e.length === 5 ? String.fromCharCode(Number.parseInt(e.slice(1), 16)) : (simple[e] ?? e);
  });

/**
 * `level=INFO msg="SET key1" op=SET` → `{"level":"INFO","msg":"SET key1","op":"SET"}`. Values are strings, quoted ones unescaped; words
 * that are no pair are joined, in order, into `msg`, or into `text` where the line has a `msg`. The last of equal keys wins.
 */
export function logfmt(line: string): string {
  const fields = new Map<string, string>();
  const words: string[] = [];
  for (let next = from(start, line, 0); next;) {
    const pair = pairAt(line, next.index);
    const text = pair ? '' : from(word, line, next.index)![0];
    if (pair) fields.set(pair.key, pair.value);
    else words.push(text);
    next = from(start, line, pair ? pair.end : next.index + text.length);
  }
  if (words.length > 0 || fields.size === 0) fields.set(fields.has('msg') ? 'text' : 'msg', words.join(' '));
  const members = [...fields].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`);
  return `{${members.join(',')}}`;
}

interface Pair {
  readonly key: string;
  readonly value: string;
  readonly end: number;
}

/** `key=value` or `key="value"` with a space or nothing behind it; null for what is no pair. */
function pairAt(line: string, at: number): Pair | null {
  const named = from(key, line, at);
  if (!named) return null;
  const begin = at + named[0].length;
  const close = line[begin] === '"' ? endOfString(line, begin) : -1;
  if (close >= 0 && from(spaceOrEnd, line, close + 1)) {
    return { key: named[1]!, value: unescape(line.slice(begin + 1, close)), end: close + 1 };
  }
  const value = from(bare, line, begin);
  return value && { key: named[1]!, value: value[0], end: begin + value[0].length };
}

function from(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
