import { fromJson, HostObject, StarlarkFloat, type Value } from '../../starlark/index.ts';

/** What a step of a database or broker brought back. `data` is JSON text. */
export interface Result {
  readonly data: string;
  readonly error: string;
  readonly duration_ms: number;
}

/** The attributes of a result, with their types as editors know them. */
export const resultAttributes = [
  { name: 'data', python: 'Any', doc: 'what was answered; None when there was an error' },
  { name: 'ok', python: 'bool', doc: 'there was no error' },
  { name: 'error', python: 'str', doc: 'what the server or the connection complained of, else empty' },
  { name: 'duration_ms', python: 'float', doc: 'from the connection to the answer' },
] as const;

/** The result of a step on a redis, postgres, kafka or nats interface. An error is a result too. */
export class ResultValue extends HostObject {
  readonly starlarkType = 'result';
  readonly #result: Result;

  constructor(result: Result) {
    super();
    this.#result = result;
  }

  getAttr(name: string): Value | undefined {
    const { data, error, duration_ms } = this.#result;
    switch (name) {
      case 'data':
        return fromJson(data);
      case 'ok':
        return error === '';
      case 'error':
        return error;
      case 'duration_ms':
        return new StarlarkFloat(duration_ms);
      default:
        return undefined;
    }
  }

  attrNames(): string[] {
    return resultAttributes.map((a) => a.name);
  }

  toStarlarkString(): string {
    const { data, error } = this.#result;
    return `<result ${error === '' ? data : error}>`;
  }
}
