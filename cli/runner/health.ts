import { request } from 'node:http';
import { connect } from 'node:net';

const pause_ms = 2;

/** A healthcheck with the port that is really dialled. */
export type Probe = { readonly kind: 'tcp'; readonly port: number } | { readonly kind: 'http'; readonly port: number; readonly host: string; readonly path: string };

/** One try: null when the service is well, else what it said. */
export function probe(target: Probe, timeout_ms: number): Promise<string | null> {
  return target.kind === 'tcp' ? probeTcp(target.port, timeout_ms) : probeHttp(target, timeout_ms);
}

/** Tries every 2 ms until the service is well. Null then; else the last thing it said, when time is up or `stop` aborts. */
export async function untilWell(target: Probe, timeout_ms: number, stop: AbortSignal): Promise<string | null> {
  const end = performance.now() + timeout_ms;
  let last: string | null = 'not tried yet';
  while (!stop.aborted && performance.now() < end) {
    last = await probe(target, Math.max(1, end - performance.now()));
    if (last === null) return null;
    await new Promise((resolve) => setTimeout(resolve, pause_ms));
  }
  return last;
}

function probeTcp(port: number, timeout_ms: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.setTimeout(timeout_ms, () => socket.destroy(new Error('timed out')));
    socket.once('connect', () => {
      socket.destroy();
      resolve(null);
    });
    socket.once('error', (error) => resolve(error.message));
  });
}

function probeHttp(target: { port: number; host: string; path: string }, timeout_ms: number): Promise<string | null> {
  return new Promise((resolve) => {
    const sent = request({ host: '127.0.0.1', port: target.port, path: target.path, agent: false, headers: { host: target.host, connection: 'close' }, timeout: timeout_ms }, (answer) => {
      answer.resume();
      answer.on('close', () => resolve(answer.statusCode! >= 200 && answer.statusCode! < 400 ? null : `status ${answer.statusCode}`));
    });
    sent.on('timeout', () => sent.destroy(new Error('timed out')));
    sent.on('error', (error) => resolve(error.message));
    sent.end();
  });
}
