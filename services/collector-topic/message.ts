import type { Verdict } from '../collector/verdict.ts';

/** A message as a broker had it. What a protocol lacks is null. */
export interface Message {
  /** The topic, or the subject on which it was sent. */
  readonly topic: string;
  readonly partition: number | null;
  /** Kafka: in its partition; JetStream: the sequence in its stream. */
  readonly offset: number | null;
  /** Kafka: where the batch begins that made it visible; null where another broker leads the partition, or that is not known. */
  readonly batch_offset: number | null;
  readonly key: Buffer | null;
  /** Null for a tombstone. */
  readonly value: Buffer | null;
  /** A name may come more than once. */
  readonly headers: ReadonlyArray<readonly [string, Buffer | null]>;
  readonly timestamp_ms: number | null;
}

/** Where a feed puts what it reads. */
export interface Sink {
  /** Settles when the messages are published. */
  take(messages: readonly Message[]): Promise<void>;
  /** `lost`: how many messages, null where that is not known. */
  gap(lost: number | null, reason: string): void;
}

/** The messages of one topic or subject, from `start` on. */
export interface Feed {
  /** Settles when all that comes from now on will be read. */
  start(): Promise<void>;
  /** Never rejects; asks again while the broker is away, until `performance.now()` has reached `deadline_ms`. */
  prove(deadline_ms: number): Promise<Verdict>;
  stop(): void;
}
