import { isUtf8 } from 'node:buffer';

/** Bytes as JSON has them: their text, or `{"base64": …}` where they are none. */
export type JsonBytes = string | { readonly base64: string };

export function jsonBytes(bytes: Buffer): JsonBytes {
  return isUtf8(bytes) ? bytes.toString('utf8') : { base64: bytes.toString('base64') };
}
