import type { Texts } from './native/dictionary.ts';

/**
 * Each text once, by number. Finds the number of a text from its bytes without making a string of it. 0 is no text.
 */
export class TextTable implements Texts {
  #slots = new Int32Array(4096);
  #hashes = new Int32Array(2048);
  readonly #bytes: Uint8Array[] = [new Uint8Array(0)];
  readonly #strings: Array<string | undefined> = [''];

  /** One more than the largest number in use. */
  get size(): number {
    return this.#bytes.length;
  }

  bytes(id: number): Uint8Array {
    return this.#bytes[id]!;
  }

  text(id: number): string {
    return (this.#strings[id] ??= Buffer.from(this.#bytes[id]!).toString('utf8'));
  }

  /** The number of `buffer[from, to)`, given now if it is new. The empty text has a number too. */
  intern(buffer: Uint8Array, from: number, to: number): number {
    let hash = to - from;
    for (let i = from; i < to; i++) hash = Math.imul(hash ^ buffer[i]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.#slots[slot]!;
      if (id === 0) return this.#add(slot, hash, Uint8Array.prototype.slice.call(buffer, from, to));
      if (this.#hashes[id] === hash && this.#same(id, buffer, from, to)) return id;
    }
  }

  /** The same, quicker when the text is likely to be that of `guess`. */
  internLike(guess: number, buffer: Uint8Array, from: number, to: number): number {
    return guess !== 0 && this.#same(guess, buffer, from, to) ? guess : this.intern(buffer, from, to);
  }

  internText(text: string): number {
    const bytes = Buffer.from(text, 'utf8');
    return this.intern(bytes, 0, bytes.length);
  }

  #same(id: number, buffer: Uint8Array, from: number, to: number): boolean {
    const known = this.#bytes[id]!;
    if (known.length !== to - from) return false;
    for (let i = 0; i < known.length; i++) if (known[i] !== buffer[from + i]) return false;
    return true;
  }

  #add(slot: number, hash: number, bytes: Uint8Array): number {
    const id = this.#bytes.length;
    this.#bytes.push(bytes);
    this.#strings.push(undefined);
    this.#slots[slot] = id;
    if (id >= this.#hashes.length) {
      const grown = new Int32Array(this.#hashes.length * 2);
      grown.set(this.#hashes);
      this.#hashes = grown;
    }
    this.#hashes[id] = hash;
    if (id * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let id = 1; id < this.#bytes.length; id++) {
      let slot = this.#hashes[id]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.#slots = slots;
  }
}
