import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import type { ConnectionOptions, NatsConnection } from 'nats';
import { connectObserver } from './observer.ts';
import { natsCredentials, natsFailure, type NatsLogin } from './nats-login.ts';
import type { Role } from './role.ts';

/** A NATS server on loopback; `login` null: nobody logs in. */
export interface NatsAddress {
  readonly port: number;
  readonly login: NatsLogin | null;
}

/** One connection to a NATS server on loopback. */
export interface NatsClient {
  /** Its own end and the server's, as `ip:port`. */
  readonly local: string;
  readonly remote: string;
  readonly connection: NatsConnection;
  close(): Promise<void>;
}

interface Transport {
  options: ConnectionOptions;
  dial(to: { readonly port: number }): Promise<Socket>;
}

const require = createRequire(import.meta.url);
const { NodeTransport, nodeResolveHost } = require('nats/lib/src/node_transport') as {
  NodeTransport: new () => Transport;
  nodeResolveHost: unknown;
};
const base = require('nats/lib/src/nats-base-client') as {
  setTransportFactory(factory: object): void;
  NatsConnectionImpl: { connect(options: ConnectionOptions): Promise<NatsConnection> };
};
const names: Readonly<Record<Role, string>> = { step: 'faultbox', observer: 'faultbox observer' };
const connect_ms = 5000;

/** The client has no hook for its socket but the transport that its own `connect` hands in: an observer's comes from a reserved port. */
class LoopbackTransport extends NodeTransport {
  override dial(to: { readonly port: number }): Promise<Socket> {
    return this.options.name === names.observer ? connectObserver(to.port, this.options.timeout ?? connect_ms) : super.dial(to);
  }
}

/**
 * Connects and logs in; `reconnects`: a connection that breaks is made anew for ever, unless the server refuses the login then. Rejects with
 * `Refused` or the client's error.
 */
export async function connectNats({ port, login }: NatsAddress, timeout_ms: number, role: Role, reconnects = false): Promise<NatsClient> {
  base.setTransportFactory({ factory: () => new LoopbackTransport(), dnsResolveFn: nodeResolveHost });
  const connecting = base.NatsConnectionImpl.connect({
    ...natsCredentials(login),
    servers: `127.0.0.1:${port}`,
    name: names[role],
    timeout: Math.ceil(timeout_ms),
    ignoreClusterUpdates: true,
    reconnect: reconnects,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 20,
    reconnectJitter: 0,
  });
  const connection = await connecting.catch((error: Error) => {
    throw natsFailure(error, login);
  });
  const { socket } = (connection as unknown as { protocol: { transport: { socket: Socket } } }).protocol.transport;
  return {
    local: `${socket.localAddress}:${socket.localPort}`,
    remote: `${socket.remoteAddress}:${socket.remotePort}`,
    connection,
    close: () => connection.close(),
  };
}
