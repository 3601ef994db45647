import type { MsgHdrs } from 'nats';
import type { Message } from '../message.ts';

/** A message of NATS; an empty one is an empty text. Headers keep their order and repetitions. */
export function natsMessage(
  subject: string,
  data: Uint8Array,
  headers: MsgHdrs | undefined,
  offset: number | null,
  timestamp_ms: number | null,
): Message {
  const all = (headers?.keys() ?? []).flatMap((name) => headers!.values(name).map((value) => [name, Buffer.from(value)] as const));
  return { topic: subject, partition: null, offset, batch_offset: null, key: null, value: Buffer.from(data), headers: all, timestamp_ms };
}
