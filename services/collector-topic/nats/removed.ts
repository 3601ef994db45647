import type { StreamInfo } from 'nats';

/** Sequences of a stream that were removed before anybody read them. */
export interface Removed {
  /** How many; null when they may have been of other subjects. */
  readonly lost: number | null;
  readonly reason: string;
}

/**
 * What is not in a stream any more of the sequences `from` to `to`, but for those that were read; null when nothing is. The stream was
 * described, with details of what was deleted, after they were read.
 */
export function removedUnread(stream: StreamInfo, subject: string, from: number, to: number, read: ReadonlySet<number>): Removed | null {
  const { config, state } = stream;
  const inside = (state.deleted ?? []).filter((seq) => seq >= from && seq <= to && !read.has(seq));
  const begin = Math.min(state.first_seq, to + 1);
  const head = Math.max(0, begin - from - [...read].filter((seq) => seq >= from && seq < begin).length);
  const count = head + inside.length;
  if (count === 0) return null;
  const own = config.subjects.length === 1 && config.subjects[0] === subject;
  const doubt = own ? '' : '; they may have been of other subjects';
  const reason = `${count} of the sequences ${from} to ${to} of stream ${config.name} were removed before they were read${doubt}`;
  return { lost: own ? count : null, reason };
}
