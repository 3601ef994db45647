import { jsonBytes, type JsonBytes } from './json-bytes.ts';
import { integerOf, type RawNumber } from './json-number.ts';

/**
 * A reply as JSON.stringify is to write it: integers keep their digits, bytes that are no text are `{"base64": …}`, and an error inside of an
 * array is `{"error": …}`.
 */
export type RedisReply = null | JsonBytes | number | RawNumber | { readonly error: string } | readonly RedisReply[];

/** As the client gives it when it is asked for buffers and for numbers as strings: then a string is a number, and texts are buffers. */
export type RawReply = null | Buffer | string | number | Error | readonly RawReply[];

const integer = /^-?[0-9]+$/;

/** What a reply holds. */
export function redisReply(raw: RawReply): RedisReply {
  if (raw === null || typeof raw === 'number') return raw;
  if (typeof raw === 'string') return integer.test(raw) ? integerOf(raw) : raw;
  if (Buffer.isBuffer(raw)) return jsonBytes(raw);
  return raw instanceof Error ? { error: raw.message } : (raw as readonly RawReply[]).map(redisReply);
}
