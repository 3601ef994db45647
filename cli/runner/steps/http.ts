import { request as send } from 'node:http';
import { monotonicNs } from '../../../services/collector/clock.ts';
import { connect } from './connect.ts';
import type { OnSend, StepResult, StepTarget } from './step.ts';

/** An HTTP step, ready to be sent. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What came back. No answer at all: status 0 and `error`. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error: string;
}

const none = { status: 0, headers: {}, body: '' };

/** Sends one request on a connection of its own and waits for the whole answer. */
export async function httpStep(target: StepTarget, request: HttpRequest, onSend: OnSend): Promise<StepResult<HttpResponse>> {
  const began_ns = monotonicNs();
  let connection;
  try {
    connection = await connect(target.port, target.timeout_ms);
  } catch (error) {
    onSend('', '', began_ns);
    return {
      response: { ...none, error: (error as Error).message },
      local: '',
      remote: '',
      at_ns: monotonicNs(),
      duration_ns: monotonicNs() - began_ns,
    };
  }
  const { socket, local, remote } = connection;
  onSend(local, remote, connection.began_ns);
  const response = await exchange(socket, target, request);
  const at_ns = monotonicNs();
  socket.destroy();
  return { response, local, remote, at_ns, duration_ns: at_ns - connection.began_ns };
}

function exchange(socket: import('node:net').Socket, target: StepTarget, request: HttpRequest): Promise<HttpResponse> {
  const length = Buffer.byteLength(request.body);
  const headers = {
    host: `localhost:${target.specPort}`,
    connection: 'close',
    ...(length > 0 ? { 'content-length': String(length) } : {}),
    ...request.headers,
  };
  return new Promise((resolve) => {
    const fail = (error: Error) => resolve({ ...none, error: error.message });
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${target.timeout_ms} ms`)), target.timeout_ms);
    const done = (response: HttpResponse) => {
      clearTimeout(timer);
      resolve(response);
    };
    const outgoing = send({ createConnection: () => socket, method: request.method, path: request.path, headers }, (incoming) => {
      const parts: Buffer[] = [];
      incoming.on('data', (part: Buffer) => parts.push(part));
      incoming.on('error', fail);
      incoming.on('end', () =>
        done({
          status: incoming.statusCode ?? 0,
          headers: flat(incoming.headersDistinct),
          body: Buffer.concat(parts).toString('utf8'),
          error: '',
        }),
      );
    });
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      fail(error);
    });
    outgoing.end(request.body);
  });
}

function flat(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, (values ?? []).join(', ')]));
}
