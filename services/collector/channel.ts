import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Without its runner a process has so long for what it has begun, and for its end as a whole. */
const [work_ms, end_ms] = [1000, 3000];

/** A request of the runner, as it stands on the line: `do` and whatever belongs to it. */
export interface Request {
  readonly do: string;
  readonly id?: number;
  readonly test?: string;
}

/** A failure that the runner can act on. */
export class ChannelFailure extends Error {
  override name = 'ChannelFailure';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The private channel to the runner: JSON lines on file descriptor 3, a socketpair. */
export interface Channel {
  send(message: object): void;
}

/**
 * Serves requests, those of one test in their order, each awaited before the next: a test that waits holds up no other. An answer
 * object becomes `{"done": id, …}`; a thrown error becomes `{"failed": id, "code", "message"}`. `onEnd` runs once, when the runner
 * closes its end or is gone; the process ends soon after, whatever it waits for.
 */
export function serveChannel(handle: (request: Request) => Promise<object | void>, onEnd: () => void | Promise<void>): Channel {
  const socket = new Socket({ fd: 3, readable: true, writable: true });
  const channel: Channel = { send: (message) => void socket.write(`${JSON.stringify(message)}\n`) };
  let rest = '';
  const work = new Map<string, Promise<void>>();
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    // Work may wait for a bus that is away; nobody waits for it any more.
    setTimeout(() => process.exit(1), end_ms).unref();
    void Promise.race([Promise.all(work.values()), pause(work_ms)]).then(onEnd);
  };
  const serve = async (request: Request) => {
    try {
      channel.send({ ...(await handle(request)), done: request.id ?? 0 });
    } catch (error) {
      const { code = 'E_INTERNAL', message } = error as { code?: string; message: string };
      channel.send({ failed: request.id ?? 0, code, message });
    }
  };
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    rest += text;
    for (let nl = rest.indexOf('\n'); nl >= 0; nl = rest.indexOf('\n')) {
      const line = rest.slice(0, nl);
      rest = rest.slice(nl + 1);
      const request = JSON.parse(line) as Request;
      const { test = '' } = request;
      const served = (work.get(test) ?? Promise.resolve()).then(() => serve(request));
      work.set(test, served);
      void served.then(() => work.get(test) === served && work.delete(test));
    }
  });
  socket.on('end', end);
  socket.on('error', end);
  socket.on('close', end);
  return channel;
}
