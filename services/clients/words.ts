const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/**
 * The words of a command as redis-cli reads them: separated by white space; "…" with \n, \t, \xHH and \" in it; '…' with \' in it.
 * Null when a quote is not closed, or a word follows a quote without a space.
 * https://redis.io/docs/latest/develop/tools/cli/#string-quoting-and-escaping
 */
export function splitWords(command: string): string[] | null {
  const part = /\s*(?:"((?:[^"\\]|\\[^])*)"(?=\s|$)|'((?:[^'\\]|\\[^])*)'(?=\s|$)|([^\s"']\S*))/y;
  const words: string[] = [];
  const end = command.trimEnd().length;
  while (part.lastIndex < end) {
    const found = part.exec(command);
    if (!found) return null;
    const [, double, single, bare] = found;
    words.push(double !== undefined ? unescaped(double) : single !== undefined ? single.replaceAll("\\'", "'") : bare!);
  }
  return words;
}

function unescaped(text: string): string {
  return text.replace(/\\(?:x([0-9a-fA-F]{2})|([^]))/g, (_, hex: string | undefined, c: string) => (hex !== undefined ? String.fromCharCode(parseInt(hex, 16)) : (escapes[c] ?? c)));
}
