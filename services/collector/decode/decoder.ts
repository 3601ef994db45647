import { canonicalJson, NotJson } from '../canonical-json.ts';
import { logfmt } from './logfmt.ts';
import { regex } from './regex.ts';

/** What a spec asked for in `observe=[stdout(decoder=…)]`; `default` where nothing was asked. */
export type DecoderSpec = { readonly kind: 'default' | 'json' | 'logfmt' } | { readonly kind: 'regex'; readonly pattern: string };

/** Makes of one line, without its newline, the event's data as canonical JSON: always an object. */
export type Decoder = (line: string) => string;

const text = (line: string, decodeError?: string): string =>
  JSON.stringify(decodeError === undefined ? { msg: line } : { msg: line, decode_error: decodeError });

const plain: Decoder = (line) => {
  if (!line.trimStart().startsWith('{')) return text(line);
  try {
    return canonicalJson(line);
  } catch (error) {
    if (error instanceof NotJson) return text(line);
    throw error;
  }
};

const json: Decoder = (line) => {
  try {
    const out = canonicalJson(line);
    return out.startsWith('{') ? out : text(line, 'the line is JSON, but no object');
  } catch (error) {
    if (error instanceof NotJson) return text(line, `the line is no JSON: ${error.message}`);
    throw error;
  }
};

const matched =
  (fields: (line: string) => string | null): Decoder =>
  (line) =>
    fields(line) ?? text(line, 'the line does not match the pattern');

/** The decoder for a spec. Throws a plain `Error` when a pattern does not compile. */
export function decoderFor(spec: DecoderSpec): Decoder {
  switch (spec.kind) {
    case 'default':
      return plain;
    case 'json':
      return json;
    case 'logfmt':
      return logfmt;
    case 'regex':
      return matched(regex(spec.pattern));
  }
}
