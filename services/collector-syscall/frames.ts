/** What the tracer sends: records as Avro left them, or one line of text. */
export type Frame =
  { readonly kind: 'records'; readonly records: Buffer; readonly count: number } | { readonly kind: 'text'; readonly text: string };

const headBytes = 8;

/** Cuts the tracer's stream into frames: two 32-bit numbers in the machine's order, bytes and records, then the bytes. 0 records: text. */
export class FrameCutter {
  #head = Buffer.alloc(headBytes);
  #body: Buffer | null = null;
  #have = 0;

  /** Takes a chunk and returns the frames that it completed. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    for (let at = 0; at < chunk.length;) {
      const into = this.#body ?? this.#head;
      const n = chunk.copy(into, this.#have, at);
      at += n;
      this.#have += n;
      if (this.#have === into.length) this.#turn(frames);
    }
    return frames;
  }

  #turn(frames: Frame[]): void {
    this.#have = 0;
    if (!this.#body) {
      this.#body = Buffer.allocUnsafeSlow(this.#head.readUInt32LE(0));
      if (this.#body.length > 0) return;
    }
    const count = this.#head.readUInt32LE(4);
    const body = this.#body;
    this.#body = null;
    frames.push(count > 0 ? { kind: 'records', records: body, count } : { kind: 'text', text: body.toString('utf8') });
  }
}
