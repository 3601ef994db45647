import { withoutAborted, type Batch } from '../../clients/kafka/batches.ts';
import type { Isolation } from '../../clients/kafka/broker.ts';
import type { Led } from '../../clients/kafka/cluster.ts';
import type { KafkaRecord } from '../../clients/kafka/records.ts';
import type { Message, Sink } from '../message.ts';

/** How far one partition has been read. What is not there any more when it would be read is a gap. */
export class Partition {
  readonly id: number;
  readonly #sink: Sink;
  /** The offset to read next. */
  #next: number;
  /** As the last answer had them. */
  #stable = Infinity;
  #high = 0;

  constructor(id: number, next: number, sink: Sink) {
    this.id = id;
    this.#next = next;
    this.#sink = sink;
  }

  get next(): number {
    return this.#next;
  }

  /** Why it has not been read up to `end`; empty when it has. */
  lag(end: number): string {
    if (this.#next >= end) return '';
    if (this.#next >= this.#stable && this.#stable < this.#high)
      return `a transaction is open in partition ${this.id} at offset ${this.#stable}; what stands up to offset ${end} cannot be read before it ends`;
    return `partition ${this.id} has been read to offset ${this.#next} of ${end}`;
  }

  /** Publishes what a fetch brought. */
  async take({ batches, aborted, high, stable, ledHere }: Led, topic: string, isolation: Isolation): Promise<void> {
    const visible = isolation === 'committed' ? withoutAborted(batches, aborted) : new Set(batches.filter((b) => !b.control));
    for (const batch of batches) {
      if (batch.last < this.#next) continue;
      const records = batch.records.filter((r) => r.offset >= this.#next);
      this.#missing(batch, records.length);
      const batch_offset = ledHere ? appended(batch, batches, isolation) : null;
      if (visible.has(batch)) await this.#sink.take(records.map((record) => message(record, topic, this.id, batch_offset)));
      this.#next = batch.last + 1;
    }
    this.#high = high;
    this.#stable = stable;
  }

  /** Goes on where the log begins when it does not hold the offset to read next. */
  jump(first: number, next: number): void {
    if (this.#next >= first && this.#next <= next) return;
    if (this.#next < first)
      this.#sink.gap(
        first - this.#next,
        `partition ${this.id} was truncated: offsets ${this.#next} to ${first - 1} were deleted before they were read`,
      );
    else
      this.#sink.gap(null, `partition ${this.id} ends at offset ${next} though it was read to ${this.#next}: its log was cut or made anew`);
    this.#next = first;
  }

  #missing(batch: Batch, found: number): void {
    if (batch.unreadable !== '')
      return this.#sink.gap(null, `offsets ${batch.first} to ${batch.last} of partition ${this.id} cannot be read: ${batch.unreadable}`);
    const lost = batch.last + 1 - this.#next - found;
    if (lost > 0)
      this.#sink.gap(
        lost,
        `${lost} of the offsets ${this.#next} to ${batch.last} of partition ${this.id} were compacted away before they were read`,
      );
  }
}

/**
 * Where the batch begins that made this one visible: itself, or the mark that committed its transaction; null where that was not fetched
 * along.
 */
function appended(batch: Batch, fetched: readonly Batch[], isolation: Isolation): number | null {
  if (isolation === 'uncommitted' || !batch.transactional) return batch.first;
  return fetched.find(({ control, producer, first }) => control && producer === batch.producer && first > batch.last)?.first ?? null;
}

function message(record: KafkaRecord, topic: string, partition: number, batch_offset: number | null): Message {
  return { topic, partition, batch_offset, ...record };
}
