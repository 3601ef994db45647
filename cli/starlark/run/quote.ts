const ESCAPES: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\', '"': '\\"' };

/** The text as a string literal in double quotes; with `bytes`, units above ASCII are escaped too. */
export function quote(text: string, bytes = false): string {
  const unsafe = bytes
    ? /[\x00-\x1f\\"\x7f-\xff]/g
    : /[\x00-\x1f\\"\x7f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
  return `"${text.replace(unsafe, escapeUnit)}"`;
}

function escapeUnit(c: string): string {
  const code = c.charCodeAt(0);
  return ESCAPES[c] ?? (code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`);
}
