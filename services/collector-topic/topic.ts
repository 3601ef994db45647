import { jsonBytes, type JsonBytes } from '../clients/json-bytes.ts';
import { canonicalJson } from '../collector/canonical-json.ts';
import { monotonicNs } from '../collector/clock.ts';
import type { Publisher, SourceName } from '../collector/publisher.ts';
import { answerBarrier, type Verdict } from '../collector/verdict.ts';
import { textOf, type Doubt, type PayloadDecoder } from './decode/payload.ts';
import type { Feed, Message, Sink } from './message.ts';

/** How long a barrier for the flow's sake may hold up the others. */
const flow_ms = 250;

/** One observed topic in one test: publishes what its feed reads and answers barriers. */
export class Topic implements Sink {
  readonly name: SourceName;
  readonly #feed: Feed;
  readonly #decode: PayloadDecoder;
  readonly #publisher: Publisher<'topic'>;
  #doubted = false;
  #position = 0;
  #closed = false;

  constructor(
    name: SourceName,
    feedFor: (sink: Sink) => Feed,
    decoderFor: (doubt: Doubt) => PayloadDecoder,
    publisher: Publisher<'topic'>,
  ) {
    this.name = name;
    this.#feed = feedFor(this);
    this.#decode = decoderFor((reason) => this.#doubt(reason));
    this.#publisher = publisher;
  }

  async attach(): Promise<void> {
    await this.#feed.start();
    this.#publisher.publish(this.name, 0, 'ready', monotonicNs(), {});
    this.#publisher.flush();
  }

  /** Answers a barrier on the bus, by the deadline, which counts as `performance.now()` does. */
  async barrier(barrier: number, reason: string, deadline_ms: number): Promise<void> {
    this.#answer(barrier, await this.#feed.prove(reason === 'flow' ? Math.min(deadline_ms, performance.now() + flow_ms) : deadline_ms));
  }

  /** Answers a barrier when there is no broker any more to ask. */
  brokerOver(barrier: number, reason: string): void {
    this.#feed.stop();
    this.#answer(barrier, { complete: false, reason });
  }

  #answer(barrier: number, verdict: Verdict): void {
    answerBarrier(this.#publisher, this.name, { barrier, position: this.#position }, verdict);
  }

  detach(): void {
    this.#closed = true;
    this.#feed.stop();
  }

  async take(messages: readonly Message[]): Promise<void> {
    const at_ns = monotonicNs();
    for (const message of messages) {
      const decoded = this.#decode(message.value);
      const data = typeof decoded === 'string' ? decoded : await decoded;
      if (this.#closed) return;
      this.#publish(message, data, at_ns);
    }
    this.#publisher.flushSoon();
    // Messages can wait with their server.
    if (this.#publisher.crowded) await this.#publisher.room();
  }

  gap(lost: number | null, reason: string): void {
    if (this.#closed) return;
    const now = monotonicNs();
    this.#publisher.publish(this.name, this.#position, 'gap', now, { until_ns: now, lost, reason });
    this.#publisher.flush();
  }

  /** What a value holds that nobody could decode is lost; a gap of unknown count says it for all that follow. */
  #doubt(reason: string): void {
    if (!this.#doubted) this.gap(null, reason);
    this.#doubted = true;
  }

  #publish({ topic, partition, offset, batch_offset, key, headers, timestamp_ms }: Message, data: string, at_ns: bigint): void {
    const text = key === null ? null : textOf(key);
    const base64 =
      key !== null && text === null ? `${data === '{}' ? '' : ','}"key_base64":${JSON.stringify(key.toString('base64'))}}` : null;
    this.#publisher.publish(this.name, ++this.#position, 'topic', at_ns, {
      topic,
      partition,
      offset,
      batch_offset,
      key: text,
      headers: headersText(headers),
      timestamp_ms,
      // The value may have a key of this name.
      data: base64 === null ? data : canonicalJson(data.slice(0, -1) + base64),
    });
  }
}

/** Headers as a JSON object; a name that came more than once has a list, and bytes that are no text are `{"base64": …}`. */
function headersText(headers: Message['headers']): string {
  if (headers.length === 0) return '{}';
  const out = new Map<string, Array<JsonBytes | null>>();
  for (const [name, value] of headers) out.set(name, [...(out.get(name) ?? []), value && jsonBytes(value)]);
  return JSON.stringify(Object.fromEntries([...out].map(([name, values]) => [name, values.length === 1 ? values[0] : values])));
}
