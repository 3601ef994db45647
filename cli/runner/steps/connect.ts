import { connect as dial, type Socket } from 'node:net';
import { established } from '../../../services/clients/established.ts';
import { monotonicNs } from '../../../services/collector/clock.ts';

/** The step's own connection: nobody else uses it, so its 4-tuple names the step. */
export interface Connection {
  readonly socket: Socket;
  readonly local: string;
  readonly remote: string;
  /** Before the connection was made. */
  readonly began_ns: bigint;
}

/** Connects to a leased port on loopback. Rejects with the system's error. */
export async function connect(port: number, timeout_ms: number): Promise<Connection> {
  const began_ns = monotonicNs();
  const socket = await established(dial({ host: '127.0.0.1', port, noDelay: true }), timeout_ms);
  return { socket, local: `${socket.localAddress}:${socket.localPort}`, remote: `${socket.remoteAddress}:${socket.remotePort}`, began_ns };
}
