import { canonicalJson, NotJson } from '../../collector/canonical-json.ts';
import { logfmt } from '../../collector/decode/logfmt.ts';
import { regex } from '../../collector/decode/regex.ts';
import { avro, NoSchema, type Leases } from './avro.ts';

/** What a spec asked for in `topic(…, decoder=…)`; `default` where nothing was asked. */
export type PayloadSpec =
  | { readonly kind: 'default' | 'json' | 'logfmt' | 'text' | 'bytes' }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'avro'; readonly registry: string };

/** Makes of a message's value the event's data as canonical JSON: always an object. Never fails: what cannot be decoded has a `decode_error`. */
export type PayloadDecoder = (value: Buffer | null) => string | Promise<string>;

/** Told when a value could not be decoded through no fault of its own: nobody knows what it holds. */
export type Doubt = (reason: string) => void;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of some bytes; null when they are no UTF-8. */
export function textOf(bytes: Buffer): string | null {
  try {
    return utf8.decode(bytes);
  } catch {
    return null;
  }
}

/** Data of a value that is no object. */
const valueData = (json: string): string => `{"value":${json}}`;

/** Data of a value that cannot be decoded; bytes that are no text are there in base64 too. */
function undecodable(value: Buffer, decode_error: string): string {
  const text = textOf(value);
  return JSON.stringify(
    text === null ? { raw: value.toString('utf8'), raw_base64: value.toString('base64'), decode_error } : { raw: text, decode_error },
  );
}

/** A decoder of texts as one of bytes; null from it means that the text is none of its kind. */
function ofText(decode: (text: string) => string | null, refusal: string): PayloadDecoder {
  return (value) => {
    const text = textOf(value!);
    if (text === null) return undecodable(value!, 'the value is no UTF-8 text');
    try {
      return decode(text) ?? undecodable(value!, refusal);
    } catch (error) {
      if (error instanceof NotJson) return undecodable(value!, `the value is no JSON: ${error.message}`);
      throw error;
    }
  };
}

function json(text: string): string {
  const out = canonicalJson(text);
  return out.startsWith('{') ? out : valueData(out);
}

function plain(text: string): string {
  if (!text.trimStart().startsWith('{')) return valueData(JSON.stringify(text));
  try {
    return canonicalJson(text);
  } catch (error) {
    if (error instanceof NotJson) return valueData(JSON.stringify(text));
    throw error;
  }
}

function decoderOf(spec: PayloadSpec, leases: Leases, doubt: Doubt): PayloadDecoder {
  switch (spec.kind) {
    case 'default':
      return ofText(plain, '');
    case 'json':
      return ofText(json, '');
    case 'text':
      return ofText((text) => valueData(JSON.stringify(text)), '');
    case 'logfmt':
      return ofText(logfmt, '');
    case 'regex':
      return ofText(regex(spec.pattern), 'the value does not match the pattern');
    case 'bytes':
      return (value) => valueData(JSON.stringify(value!.toString('base64')));
    case 'avro': {
      const decode = avro(spec.registry, leases);
      return async (value) => {
        try {
          const out = await decode(value!);
          return out.startsWith('{') ? out : valueData(out);
        } catch (error) {
          if (error instanceof NoSchema) doubt(error.message);
          return undecodable(value!, (error as Error).message);
        }
      };
    }
  }
}

/** The decoder for a spec. Throws a plain `Error` when a pattern does not compile or an address is none. */
export function payloadDecoder(spec: PayloadSpec, leases: Leases, doubt: Doubt): PayloadDecoder {
  const decode = decoderOf(spec, leases, doubt);
  return (value) => (value === null ? valueData('null') : decode(value));
}
