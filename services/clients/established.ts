import type { Socket } from 'node:net';

/** Settles when a socket that is being connected is. Rejects with the system's error, or when it takes longer than `timeout_ms`. */
export function established(socket: Socket, timeout_ms: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeout_ms} ms`)), timeout_ms);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
