import { connect, Socket } from 'node:net';
import { established } from './established.ts';

/**
 * Source ports of connections that are no part of the test: collectors and healthchecks come from them, so that faults spare them and the
 * tracer leaves their calls out (native/common/observers.h). They lie above the ports that the kernel hands out.
 */
const first = 61_000;
const count = 1000;
const attempts = 20;

/** What a connection fails with when its reserved port is taken: another try takes another port. */
export const takenCodes: ReadonlySet<string | undefined> = new Set(['EADDRINUSE', 'EADDRNOTAVAIL']);

/** Dials a port of loopback from one of the reserved ports, chosen at random; it may be taken, which is an error like any other. */
export function dialObserver(port: number): Socket {
  return connect({ host: '127.0.0.1', port, localAddress: '127.0.0.1', localPort: reservedPort(), noDelay: true });
}

function reservedPort(): number {
  return first + Math.floor(Math.random() * count);
}

/** A connection from a reserved port, established. Rejects with the system's error, or when it takes longer than `timeout_ms`. */
export async function connectObserver(port: number, timeout_ms: number): Promise<Socket> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await established(dialObserver(port), timeout_ms);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (!takenCodes.has(code) || attempt === attempts) throw error;
    }
  }
}

/** A socket for a client that connects it by itself: it does so from a reserved port. */
export class ObserverSocket extends Socket {
  override connect(...args: unknown[]): this {
    const [port] = args as [number];
    return super.connect({ host: '127.0.0.1', port, localAddress: '127.0.0.1', localPort: reservedPort() });
  }
}

/** A socket for a client that insists on connecting by itself: it is connected already, and says so when it is told to. */
export function preconnected(socket: Socket): Socket {
  socket.connect = ((): Socket => {
    process.nextTick(() => socket.emit('connect'));
    return socket;
  }) as Socket['connect'];
  return socket;
}
