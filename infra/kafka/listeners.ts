import type { Certificates } from './certificates.ts';

/** The only user of a local broker. */
export const user = 'someone';
export const password = 'local-only';

/** One more listener of a broker on loopback, beside the plain one. */
export interface Listener {
  readonly name: string;
  readonly port: number;
  /** Null: it speaks without TLS. */
  readonly tls: { readonly server: string; /** Null: it asks clients for no certificate. */ readonly clientCa: string | null } | null;
  /** Empty: it asks for no login. */
  readonly mechanisms: ReadonlyArray<'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512'>;
}

/** Ways in besides `plain`. */
export type Door = 'login' | 'tls' | 'secure' | 'mutual' | 'expired' | 'elsewhere';

/** Where clients log in without TLS. */
export function loginListener(port: number): Listener {
  return { name: 'LOGIN', port, tls: null, mechanisms: ['PLAIN'] };
}

/** How brokers are run where it matters, and what is wrong with some. */
export function tlsListeners(certificates: Certificates, ports: Readonly<Record<Exclude<Door, 'login'>, number>>): Listener[] {
  const listener = (name: Exclude<Door, 'login'>, server: string, more: Partial<Listener> = {}): Listener => ({
    name: name.toUpperCase(),
    port: ports[name],
    tls: { server, clientCa: null },
    mechanisms: [],
    ...more,
  });
  return [
    listener('tls', certificates.server),
    listener('secure', certificates.server, { mechanisms: ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] }),
    listener('mutual', certificates.server, { tls: { server: certificates.server, clientCa: certificates.ca } }),
    listener('expired', certificates.expiredServer),
    listener('elsewhere', certificates.elsewhereServer),
  ];
}

/** The protocol that Kafka calls this. */
export function protocolOf({ tls, mechanisms }: Listener): string {
  return `${mechanisms.length > 0 ? 'SASL_' : ''}${tls ? 'SSL' : 'PLAINTEXT'}`;
}

/** The settings of a listener's own in `server.properties`. */
export function listenerProperties({ name, tls, mechanisms }: Listener): string[] {
  const scram = 'scram.ScramLoginModule required';
  const module = { PLAIN: `plain.PlainLoginModule required user_${user}="${password}"`, 'SCRAM-SHA-256': scram, 'SCRAM-SHA-512': scram };
  const pem = (store: string, file: string) => [`ssl.${store}.type=PEM`, `ssl.${store}.location=${file}`];
  const own = [
    ...(mechanisms.length > 0 ? [`sasl.enabled.mechanisms=${mechanisms.join(',')}`] : []),
    ...mechanisms.map((m) => `${m.toLowerCase()}.sasl.jaas.config=org.apache.kafka.common.security.${module[m]};`),
    ...(tls ? pem('keystore', tls.server) : []),
    ...(tls?.clientCa ? [...pem('truststore', tls.clientCa), 'ssl.client.auth=required'] : []),
  ];
  return own.map((setting) => `listener.name.${name.toLowerCase()}.${setting}`);
}

/** What the broker's folder is formatted with, so that the user can log in by SCRAM. */
export const scramUsers = ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((m) => ['--add-scram', `${m}=[name=${user},password=${password}]`]);
