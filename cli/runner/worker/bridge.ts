import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Host, HostReply } from '../host.ts';

/** What the worker is born with. */
export interface WorkerData {
  readonly port: MessagePort;
  /** One Int32: raised by the runner with every message it sends. */
  readonly signal: SharedArrayBuffer;
  readonly cwd: string;
}

/** A host call failed; `code` tells the runner's own failures from the spec's. */
export class HostFailure extends Error {
  override name = 'HostFailure';
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The worker's end of the bridge: `Atomics.wait` until the runner has posted something, then one message. The evaluator is
 * synchronous; this is the only place where it waits.
 */
export class Bridge {
  readonly #port: MessagePort;
  readonly #signal: Int32Array;
  #seen = 0;

  constructor(data: WorkerData) {
    this.#port = data.port;
    this.#signal = new Int32Array(data.signal);
  }

  /** The next message of the runner. */
  receive(): unknown {
    for (;;) {
      const got = receiveMessageOnPort(this.#port);
      if (got) return got.message as unknown;
      Atomics.wait(this.#signal, 0, this.#seen);
      this.#seen = Atomics.load(this.#signal, 0);
    }
  }

  post(message: unknown): void {
    this.#port.postMessage(message);
  }

  /** Asks the runner and waits for its answer. Throws `HostFailure`. */
  call<N extends keyof Host>(name: N, arg: Parameters<Host[N]>[0]): ReturnType<Host[N]> {
    this.post({ call: { name, arg } });
    const reply = this.receive() as HostReply;
    if ('error' in reply) throw new HostFailure(reply.error.code, reply.error.message);
    return reply.ok as ReturnType<Host[N]>;
  }
}

/** The host as the worker sees it: every call crosses the bridge. */
export function bridgedHost(bridge: Bridge): Host {
  return {
    step: (request) => bridge.call('step', request),
    sleep: (duration_ms) => bridge.call('sleep', duration_ms),
    barrier: () => bridge.call('barrier', undefined),
    query: (request) => bridge.call('query', request),
    arm: (faults) => bridge.call('arm', faults),
    disarm: (rules) => bridge.call('disarm', rules),
    now_ms: () => bridge.call('now_ms', undefined),
    print: (text) => bridge.post({ print: text }),
  };
}
