import { Decimal } from './avro-numbers.ts';

/** A decoded value as JSON text: integers and decimals of any size keep their digits, bytes are base64, NaN and infinities are strings. */
export function exactJson(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return String(value);
    case 'number':
      return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
    case 'object':
      return value === null ? 'null' : objectJson(value);
    default:
      return JSON.stringify(value) ?? 'null';
  }
}

function objectJson(value: object): string {
  if (value instanceof Decimal) return value.text;
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (Array.isArray(value)) return `[${value.map(exactJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${exactJson(member)}`)
    .join(',')}}`;
}
