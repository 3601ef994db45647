const pair = /([^\s="]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?=\s|$)|(\S+)/g;

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
  for (const [, key, quoted, bare, word] of line.matchAll(pair)) {
    if (key !== undefined) fields.set(key, quoted === undefined ? (bare ?? '') : unescape(quoted));
    else words.push(word ?? '');
  }
  if (words.length > 0 || fields.size === 0) fields.set(fields.has('msg') ? 'text' : 'msg', words.join(' '));
  const members = [...fields].map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`);
  return `{${members.join(',')}}`;
}
