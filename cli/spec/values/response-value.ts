import { fromJson, HostObject, StarlarkDict, StarlarkFloat, type Value } from '../../starlark/index.ts';

/** What an HTTP step brought back. */
export interface Response {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error: string;
  readonly duration_ms: number;
}

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
      case 'status': return status;
      case 'body': return body;
      case 'error': return error;
      case 'ok': return status >= 200 && status < 400;
      case 'duration_ms': return new StarlarkFloat(duration_ms);
      case 'headers': {
        const made = new StarlarkDict();
        for (const [key, value] of Object.entries(headers)) made.set(key, value);
        return made;
      }
      case 'data': return jsonOrNone(body);
      default: return undefined;
    }
  }

  attrNames(): string[] {
    return ['status', 'headers', 'body', 'data', 'ok', 'error', 'duration_ms'];
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
