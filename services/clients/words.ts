import { isUtf8 } from 'node:buffer';

const special: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' };

/**
 * The words of a command as redis-cli reads them: separated by white space; "…" with \n, \t, \xHH and \" in it; '…' with \' in it.
 * Null when a quote is not closed, a word follows a quote without a space, or bytes are no UTF-8.
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
    const word = double !== undefined ? unescaped(double) : single !== undefined ? single.replaceAll("\\'", "'") : bare!;
    if (word === null) return null;
    words.push(word);
  }
  return words;
}

/** Bytes that stand side by side are a text together; null where they are none. */
function unescaped(text: string): string | null {
  let readable = true;
  const bytesOf = (escapes: string) => Buffer.from(escapes.replaceAll('\\x', ''), 'hex');
  const plain = text.replace(/((?:\\x[0-9a-fA-F]{2})+)|\\([^])/g, (_, escapes: string | undefined, c: string) => {
    if (escapes === undefined) return special[c] ?? c;
    readable &&= isUtf8(bytesOf(escapes));
    return bytesOf(escapes).toString('utf8');
  });
  return readable ? plain : null;
}
