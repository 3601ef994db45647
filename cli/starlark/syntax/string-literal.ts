/** What a literal's body stands for, or what is wrong with it at which offset into the body. */
export type Decoded =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly message: string; readonly offset: number; readonly length: number };

const SIMPLE: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '\n': '',
};

/**
 * The value of a string body (text between the quotes); a backslash before any other character stands for itself. For bytes each result
 * unit is one byte and `\u` is not allowed above ASCII.
 */
export function decodeStringBody(body: string, bytes: boolean): Decoded {
  if (!body.includes('\\') && !bytes) return { ok: true, value: body };
  let value = '';
  let i = 0;
  while (i < body.length) {
    if (body[i] !== '\\') {
      const code = body.codePointAt(i) ?? 0;
      const text = String.fromCodePoint(code);
      value += bytes ? utf8Units(text) : text;
      i += text.length;
      continue;
    }
    const escape = decodeEscape(body, i, bytes);
    if (!escape.ok) return escape;
    value += escape.value;
    i += escape.length;
  }
  return { ok: true, value };
}

type Escape =
  | { readonly ok: true; readonly value: string; readonly length: number }
  | { readonly ok: false; readonly message: string; readonly offset: number; readonly length: number };

function decodeEscape(body: string, at: number, bytes: boolean): Escape {
  const bad = (message: string, length: number): Escape => ({ ok: false, message, offset: at, length });
  const c = body[at + 1] ?? '';
  const simple = SIMPLE[c];
  if (simple !== undefined) return { ok: true, value: simple, length: 2 };
  if (c >= '0' && c <= '7') {
    const digits = /^[0-7]{1,3}/.exec(body.slice(at + 1))?.[0] ?? c;
    const code = Number.parseInt(digits, 8);
    if (code > (bytes ? 255 : 127)) {
      return bad(
        `invalid escape sequence \\${digits}: a ${bytes ? 'byte ends at \\377' : 'character above \\177 is written \\u00xx'}`,
        digits.length + 1,
      );
    }
    return { ok: true, value: String.fromCharCode(code), length: digits.length + 1 };
  }
  const width = c === 'x' ? 2 : c === 'u' ? 4 : c === 'U' ? 8 : 0;
  if (width === 0) return { ok: true, value: `\\${c}`, length: 1 + c.length };
  const digits = body.slice(at + 2, at + 2 + width);
  if (digits.length < width || !/^[0-9a-fA-F]+$/.test(digits)) {
    return bad(`truncated escape sequence \\${c}${digits}: it takes ${width} hexadecimal digits`, 2 + digits.length);
  }
  const code = Number.parseInt(digits, 16);
  if (c === 'x') {
    if (code > 127 && !bytes) return bad(`invalid escape sequence \\x${digits}: a character above \\x7f is written \\u00${digits}`, 4);
    return { ok: true, value: String.fromCharCode(code), length: 4 };
  }
  if (code > 0x10ffff) return bad(`code point \\U${digits} is out of range; the largest is \\U0010ffff`, 10);
  if (code >= 0xd800 && code <= 0xdfff) {
    return bad(`invalid Unicode code point U+${digits.toUpperCase()}: half of a surrogate pair`, width + 2);
  }
  const text = String.fromCodePoint(code);
  return { ok: true, value: bytes ? utf8Units(text) : text, length: width + 2 };
}

function utf8Units(text: string): string {
  return text.charCodeAt(0) < 128 ? text : Buffer.from(text, 'utf8').toString('latin1');
}
