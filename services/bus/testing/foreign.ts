import type { Room } from '../../../schemas/codec.ts';
import { encodeHead, markerOf, syncLength } from '../log/container.ts';

/** The head of a file as another version of faultbox wrote it: one field has another name. */
export function headOfAnotherVersion(room: Room): Buffer {
  const head = Buffer.from(encodeHead(room).head.toString('latin1').replace('"at_ns"', '"at_us"'), 'latin1');
  const begin = head.indexOf('{"type":"record"');
  const end = head.indexOf('avro.codec') - 1;
  markerOf(head.subarray(begin, end)).copy(head, head.length - syncLength);
  return head;
}
