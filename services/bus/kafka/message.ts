import { decodeLong, encodeLong } from '../log/container.ts';

const magic = 0;
const headLength = 5;

/**
 * A block in the wire format of schema registries: a zero byte, the schema's id in four bytes, then Avro; here a record with one array,
 * whose items are the block's records as they lie.
 * (https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format)
 */
export function encodeMessage(schemaId: number, records: Buffer, count: number): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeInt32BE(schemaId, 1);
  return Buffer.concat([head, encodeLong(count), records, encodeLong(0)]);
}

/** The parts of such a message, or null when it is none. */
export function decodeMessage(value: Buffer): { readonly schemaId: number; readonly count: number; readonly records: Buffer } | null {
  if (value.length < headLength + 2 || value[0] !== magic || value.at(-1) !== 0) return null;
  const count = decodeLong(value, headLength);
  if (!count || count.value < 1) return null;
  return { schemaId: value.readInt32BE(1), count: count.value, records: value.subarray(count.end, value.length - 1) };
}

/** The key of a test's messages; without a test, of those that concern the whole run. */
export function keyOf(run: string, test: string): string {
  return `${run}/${test}`;
}

/** The run and the test that a key names; null for a key of another kind, or of what concerns a whole run. */
export function testOf(key: string): { readonly run: string; readonly test: string } | null {
  const slash = key.indexOf('/');
  return slash < 1 || slash === key.length - 1 ? null : { run: key.slice(0, slash), test: key.slice(slash + 1) };
}

const groupHeader = 'correlators';

/** Says whose the message is: the correlators of one store. Others pass it by without looking into it. */
export function headersOf(group: string): Record<string, string> {
  return group === '' ? {} : { [groupHeader]: group };
}

/** Whether a message with these headers is the group's. */
export function isOf(group: string, headers: Readonly<Record<string, unknown>> | undefined): boolean {
  const value = headers?.[groupHeader];
  return (Buffer.isBuffer(value) ? value.toString() : value) === group;
}
