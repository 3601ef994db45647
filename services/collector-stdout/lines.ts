/** One line cut from a stream: `start` and `end` are byte offsets, `end` lies behind the newline. */
export interface Line {
  readonly start: number;
  readonly end: number;
  readonly text: Buffer;
  /** Bytes of the line beyond `maxLineBytes`, which are not in `text`. */
  readonly cut: number;
}

/** A longer line becomes an event with its first 16 MiB and a gap. */
export const maxLineBytes = 16 << 20;

/** Cuts a byte stream into lines, wherever its chunks end. */
export class LineCutter {
  #start = 0;
  #at = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;

  /** Byte offset behind everything that was fed. */
  get position(): number {
    return this.#at;
  }

  /** The lines that `chunk` completes. */
  *feed(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (let nl = chunk.indexOf(10, from); nl >= 0; nl = chunk.indexOf(10, from)) {
      this.#hold(chunk.subarray(from, nl));
      this.#at += 1;
      yield this.#cut(1);
      from = nl + 1;
    }
    if (from < chunk.length) this.#hold(Buffer.from(chunk.subarray(from)));
  }

  /** How many lines `chunk` completes, for one who wants no more than their number: their text is not kept. */
  count(chunk: Buffer): number {
    let lines = 0;
    let from = 0;
    for (let nl = chunk.indexOf(10, from); nl >= 0; nl = chunk.indexOf(10, from)) {
      lines++;
      from = nl + 1;
    }
    if (lines > 0) this.#start = this.#at + from;
    this.#at += chunk.length;
    this.#held = [];
    this.#heldBytes = 0;
    return lines;
  }

  /** The unterminated rest, at the end of the stream. */
  end(): Line | null {
    return this.#at > this.#start ? this.#cut(0) : null;
  }

  /** Goes on at `position`, behind bytes that were lost; what was held of the broken line is returned. */
  skipTo(position: number): Line | null {
    const broken = this.end();
    this.#start = this.#at = position;
    return broken;
  }

  #hold(part: Buffer): void {
    this.#at += part.length;
    const room = maxLineBytes - this.#heldBytes;
    if (room <= 0 || part.length === 0) return;
    this.#held.push(part.subarray(0, room));
    this.#heldBytes += Math.min(room, part.length);
  }

  #cut(newline: 0 | 1): Line {
    const text = this.#held.length === 1 ? this.#held[0]! : Buffer.concat(this.#held);
    const line: Line = { start: this.#start, end: this.#at, text, cut: this.#at - newline - this.#start - text.length };
    this.#start = this.#at;
    this.#held = [];
    this.#heldBytes = 0;
    return line;
  }
}
