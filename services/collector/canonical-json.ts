import { endOfString } from './json-string.ts';

/** A text that is no JSON, or JSON that we do not take; `reason` is a clause for people. */
export class NotJson extends Error {
  override name = 'NotJson';
}

/** How deep arrays and objects may nest. ClickHouse's own parser gives up somewhat beyond it. */
export const maxDepth = 512;

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const plainString = /"[^"\\\u0000-\u001f\ud800-\udfff]*"/y;
const space = /[ \t\n\r]*/y;

/**
 * JSON as the store keeps it: no white space, the last of equal keys only (at the place of the first), each number as it was
 * written, so that integers of any size and the difference between 1 and 1.0 survive. Throws `NotJson`.
 */
export function canonicalJson(text: string): string {
  const scanner = new Scanner(text);
  const out = scanner.value(0);
  scanner.end();
  return out;
}

class Scanner {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#skip();
  }

  end(): void {
    if (this.#at < this.#text.length) throw this.#unexpected();
  }

  value(depth: number): string {
    if (depth > maxDepth) throw new NotJson(`it nests deeper than ${maxDepth}`);
    const c = this.#text[this.#at];
    if (c === '{') return this.#object(depth);
    if (c === '[') return this.#array(depth);
    if (c === '"') return this.#string();
    for (const word of ['true', 'false', 'null']) {
      if (this.#text.startsWith(word, this.#at)) return this.#take(word);
    }
    return this.#number();
  }

  #object(depth: number): string {
    const members = new Map<string, string>();
    this.#take('{');
    while (this.#text[this.#at] !== '}') {
      if (members.size > 0) this.#expect(',');
      if (this.#text[this.#at] !== '"') throw this.#unexpected();
      const key = this.#string();
      this.#expect(':');
      members.set(key, this.value(depth + 1));
      if (this.#text[this.#at] !== ',' && this.#text[this.#at] !== '}') throw this.#unexpected();
    }
    this.#take('}');
    let out = '{';
    for (const [key, value] of members) out += `${out.length > 1 ? ',' : ''}${key}:${value}`;
    return `${out}}`;
  }

  #array(depth: number): string {
    let out = '[';
    this.#take('[');
    while (this.#text[this.#at] !== ']') {
      if (out.length > 1) {
        this.#expect(',');
        out += ',';
      }
      out += this.value(depth + 1);
      if (this.#text[this.#at] !== ',' && this.#text[this.#at] !== ']') throw this.#unexpected();
    }
    this.#take(']');
    return `${out}]`;
  }

  #string(): string {
    plainString.lastIndex = this.#at;
    const plain = plainString.exec(this.#text);
    if (plain) return this.#take(plain[0]);
    const any = this.#text.slice(this.#at, endOfString(this.#text, this.#at) + 1);
    const normal = this.#normal(any);
    this.#take(any);
    return normal;
  }

  #normal(string: string): string {
    try {
      return JSON.stringify(JSON.parse(string));
    } catch {
      throw this.#unexpected();
    }
  }

  #number(): string {
    number.lastIndex = this.#at;
    const found = number.exec(this.#text);
    if (!found) throw this.#unexpected();
    const text = this.#take(found[0]);
    return text === '-0' ? '0' : text;
  }

  #take(text: string): string {
    this.#at += text.length;
    this.#skip();
    return text;
  }

  #expect(c: string): void {
    if (this.#text[this.#at] !== c) throw this.#unexpected();
    this.#take(c);
    if (c === ',' && (this.#text[this.#at] === '}' || this.#text[this.#at] === ']')) throw this.#unexpected();
  }

  #skip(): void {
    space.lastIndex = this.#at;
    space.exec(this.#text);
    this.#at = space.lastIndex;
  }

  #unexpected(): NotJson {
    const c = this.#text[this.#at];
    return new NotJson(c === undefined ? 'it ends too early' : `unexpected ${JSON.stringify(c)} at column ${this.#at + 1}`);
  }
}
