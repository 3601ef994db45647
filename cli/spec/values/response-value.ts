import { fromJson, HostObject, StarlarkDict, StarlarkFloat, type Value } from '../../starlark/index.ts';

/** What an HTTP step brought back. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error: string;
  readonly duration_ms: number;
}

/** The attributes of a response, with their types as editors know them. */
export const responseAttributes = [
  { name: 'status', python: 'int', doc: 'the HTTP status; 0 without an answer' },
  { name: 'headers', python: 'dict[str, str]', doc: 'names in lower case' },
  { name: 'body', python: 'str', doc: 'the body as text' },
  { name: 'data', python: 'Any', doc: 'the decoded JSON body, or None' },
  { name: 'ok', python: 'bool', doc: 'a 2xx or 3xx answer' },
  { name: 'error', python: 'str', doc: 'why there was no answer, else empty' },
  { name: 'duration_ms', python: 'float', doc: 'from the connection to the end of the answer' },
] as const;

/** The response of an HTTP step. `data` is the decoded JSON body or None; `ok` says 2xx or 3xx; without an answer status is 0 and `error` says why. */
export class ResponseValue extends HostObject {
  readonly starlarkType = 'response';
  readonly #response: Response;

  constructor(response: Response) {
    super();
    this.#response = response;
  }

  getAttr(name: string): Value | undefined {
    const { status, headers, body, error, duration_ms } = this.#response;
    switch (name) {
      case 'status':
        return status;
      case 'body':
        return body;
      case 'error':
        return error;
      case 'ok':
        return status >= 200 && status < 400;
      case 'duration_ms':
        return new StarlarkFloat(duration_ms);
      case 'headers': {
        const made = new StarlarkDict();
        for (const [key, value] of Object.entries(headers)) made.set(key, value);
        return made;
      }
      case 'data':
        return jsonOrNone(body);
      default:
        return undefined;
    }
  }

  attrNames(): string[] {
    return responseAttributes.map((a) => a.name);
  }

  toStarlarkString(): string {
    return `<response ${this.#response.status}${this.#response.error === '' ? '' : ` ${this.#response.error}`}>`;
  }
}

function jsonOrNone(body: string): Value {
  try {
    return fromJson(body);
  } catch {
    return null;
  }
}
