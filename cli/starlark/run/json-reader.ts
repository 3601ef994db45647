import { normalizeInt } from './arithmetic.ts';
import { StarlarkDict } from './dict.ts';
import { EvalError } from './errors.ts';
import { MAX_VALUE_DEPTH } from './repr.ts';
import { StarlarkFloat, StarlarkList, type Value } from './values.ts';

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const PLAIN_STRING = /"([^"\\\x00-\x1f]*)"/y;
const SPACE = /[ \t\r\n]*/y;

/** Reads one JSON document. */
export class JsonReader {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  document(): Value {
    const value = this.value(0);
    this.space();
    if (this.at < this.text.length) this.fail(`unexpected ${this.here()} after the value`);
    return value;
  }

  private value(depth: number): Value {
    if (depth > MAX_VALUE_DEPTH * 2) this.fail('nested too deep');
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.number();
    }
  }

  private object(depth: number): Value {
    const dict = new StarlarkDict();
    this.at++;
    this.space();
    if (this.take('}')) return dict;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') this.fail(`got ${this.here()}, want a key in double quotes`);
      const key = this.string();
      this.space();
      if (!this.take(':')) this.fail(`got ${this.here()}, want ':' after the key`);
      dict.put(key, this.value(depth + 1));
      this.space();
      if (this.take('}')) return dict;
      if (!this.take(',')) this.fail(`got ${this.here()}, want ',' or '}'`);
    }
  }

  private array(depth: number): Value {
    const items: Value[] = [];
    this.at++;
    this.space();
    if (this.take(']')) return new StarlarkList(items);
    for (;;) {
      items.push(this.value(depth + 1));
      this.space();
      if (this.take(']')) return new StarlarkList(items);
      if (!this.take(',')) this.fail(`got ${this.here()}, want ',' or ']'`);
    }
  }

  private string(): string {
    PLAIN_STRING.lastIndex = this.at;
    const plain = PLAIN_STRING.exec(this.text)?.[1];
    if (plain === undefined) return this.escapedString();
    this.at = PLAIN_STRING.lastIndex;
    return plain;
  }

  /** No regular expression: on strings of megabytes with an alternative for each character they run out of stack. */
  private escapedString(): string {
    let end = this.at + 1;
    while (end < this.text.length && this.text[end] !== '"') end += this.text[end] === '\\' ? 2 : 1;
    try {
      const value = JSON.parse(this.text.slice(this.at, end + 1)) as string;
      this.at = end + 1;
      return value;
    } catch {
      return this.fail('invalid string');
    }
  }

  private number(): Value {
    NUMBER.lastIndex = this.at;
    const match = NUMBER.exec(this.text);
    if (match === null) this.fail(this.at < this.text.length ? `unexpected ${this.here()}` : 'unexpected end of the text');
    this.at = NUMBER.lastIndex;
    if (match[1] === undefined && match[2] === undefined) return normalizeInt(BigInt(match[0]));
    const value = Number(match[0]);
    if (!Number.isFinite(value)) this.fail(`the number ${match[0]} is too large for a float`);
    return new StarlarkFloat(value);
  }

  private word(word: string, value: Value): Value {
    if (!this.text.startsWith(word, this.at)) this.fail(`unexpected ${this.here()}`);
    this.at += word.length;
    return value;
  }

  private take(c: string): boolean {
    if (this.text[this.at] !== c) return false;
    this.at++;
    return true;
  }

  private space(): void {
    SPACE.lastIndex = this.at;
    SPACE.exec(this.text);
    this.at = SPACE.lastIndex;
  }

  private here(): string {
    const c = this.text[this.at];
    return c === undefined ? 'the end of the text' : JSON.stringify(c);
  }

  private fail(message: string): never {
    throw new EvalError(`json: at offset ${this.at}, ${message}`);
  }
}
