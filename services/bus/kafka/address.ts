import { resolve } from 'node:path';
import { BusError } from '../bus.ts';

/** Where the password of the broker's user is taken from: no list of processes shows it. */
export const passwordVariable = 'FAULTBOX_BUS_PASSWORD';
/** The same for the user of the schema registry. */
export const registryPasswordVariable = 'FAULTBOX_REGISTRY_PASSWORD';
/** The same for what the key of our certificate is locked with. */
export const keyPassphraseVariable = 'FAULTBOX_BUS_KEY_PASSPHRASE';

/** Ways to log in to brokers, as `sasl=` names them. */
export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const known = new Set(['registry', 'tls', 'ca', 'cert', 'key', 'sasl', 'patience_ms', 'from', 'group']);
const defaultPatience_ms = 30_000;
const remedy = [
  'Write kafka://host:9092?registry=http://host:8081; several brokers are joined by commas,',
  'further settings are tls=1 with ca=, cert= and key= of files in PEM,',
  `sasl=${saslMechanisms.join('|')} with kafka://user@host, and patience_ms=30000.`,
  `The password is read from ${passwordVariable}.`,
].join(' ');

/** A Kafka cluster as the bus. */
export interface KafkaAddress {
  readonly brokers: readonly string[];
  /** The schema registry, without its user. */
  readonly registry: string;
  /** Empty: none. */
  readonly registryUser: string;
  /** Whether the brokers are spoken to in TLS. */
  readonly tls: boolean;
  /** A file in PEM: the authorities that are trusted in place of Node's, for brokers and registry. Null: Node's. */
  readonly ca: string | null;
  /** Our own certificate for the brokers and its key, files in PEM. */
  readonly identity: { readonly cert: string; readonly key: string } | null;
  readonly sasl: { readonly mechanism: (typeof saslMechanisms)[number]; readonly user: string } | null;
  /** How long a broker may be away before that ends a run. */
  readonly patience_ms: number;
  /** For each partition the offset before which there is nothing of the run; a partition that is missing: its beginning. */
  readonly from: ReadonlyMap<number, bigint>;
  /** The consumer group of the correlators that share this run with others of its store; empty: the run has one of its own. */
  readonly group: string;
}

/** Reads what `--bus` says of a cluster. Throws `BusError` E_BUS_ADDRESS. */
export function parseKafkaAddress(text: string): KafkaAddress {
  const [, user = '', hosts = '', query = ''] = /^kafka:\/\/(?:([^@/?]*)@)?([^/?@]+)\/?(?:\?(.*))?$/.exec(text) ?? [];
  const refuse = (what: string): never => {
    throw new BusError('E_BUS_ADDRESS', '--bus', `--bus: ${what}. ${remedy}`);
  };
  const brokers = hosts.split(',');
  const settings = new URLSearchParams(query);
  if (user.includes(':')) refuse('a password has no place in an address, where every list of processes shows it');
  if (!brokers.every(namesPort)) refuse(`"${redacted(text)}" names no broker with its port`);
  for (const name of settings.keys()) if (!known.has(name)) refuse(`there is no setting "${name}"`);
  const registry = settings.get('registry') ?? '';
  if (!/^https?:/.test(registry) || !URL.canParse(registry)) refuse(`"${redacted(text)}" names no schema registry`);
  const mechanism = settings.get('sasl');
  if (mechanism !== null && !isMechanism(mechanism)) refuse(`"${mechanism}" is no mechanism of SASL that faultbox knows`);
  if (mechanism !== null && user === '') refuse('sasl needs a user');
  if (mechanism === null && user !== '') refuse(`the user "${decodeURIComponent(user)}" needs a mechanism, such as sasl=scram-sha-512`);
  const tls = settings.get('tls') ?? '0';
  if (tls !== '0' && tls !== '1') refuse('tls is 0 or 1');
  const file = (setting: 'ca' | 'cert' | 'key') => {
    const path = settings.get(setting);
    if (path === '') refuse(`${setting} is the path of a file`);
    return path === null ? null : resolve(path);
  };
  const [ca, cert, key] = [file('ca'), file('cert'), file('key')];
  if (ca !== null && tls === '0' && !registry.startsWith('https:')) refuse('ca needs tls=1, or a registry at https://');
  if (cert !== null && tls === '0') refuse('cert needs tls=1');
  if ((cert === null) !== (key === null)) refuse('cert and key are named together');
  const patience_ms = Number(settings.get('patience_ms') ?? defaultPatience_ms);
  if (!Number.isInteger(patience_ms) || patience_ms < 1) refuse('patience_ms is a number of milliseconds');
  const url = new URL(registry);
  if (url.password !== '') refuse(`a password has no place in an address; that of the registry is read from ${registryPasswordVariable}`);
  return {
    brokers,
    tls: tls === '1',
    ca,
    identity: cert !== null && key !== null ? { cert, key } : null,
    patience_ms,
    registry: `${url.origin}${url.pathname.replace(/\/$/, '')}`,
    registryUser: decodeURIComponent(url.username),
    sasl: mechanism !== null && isMechanism(mechanism) ? { mechanism, user: decodeURIComponent(user) } : null,
    from: parseOffsets(settings.get('from') ?? ''),
    group: settings.get('group') ?? '',
  };
}

/** The address as a process of a run is told it. */
export function kafkaAddressText({
  brokers,
  registry,
  registryUser,
  tls,
  ca,
  identity,
  sasl,
  patience_ms,
  from,
  group,
}: KafkaAddress): string {
  const url = new URL(registry);
  url.username = registryUser;
  const settings = new URLSearchParams({ registry: url.href, patience_ms: String(patience_ms) });
  if (tls) settings.set('tls', '1');
  if (ca !== null) settings.set('ca', ca);
  for (const [setting, path] of Object.entries(identity ?? {})) settings.set(setting, path);
  if (sasl) settings.set('sasl', sasl.mechanism);
  if (from.size > 0) settings.set('from', [...from].map(([partition, offset]) => `${partition}:${offset}`).join(','));
  if (group !== '') settings.set('group', group);
  return `kafka://${sasl ? `${encodeURIComponent(sasl.user)}@` : ''}${brokers.join(',')}?${settings.toString()}`;
}

function namesPort(broker: string): boolean {
  return /^(\[[0-9a-fA-F:]+\]|[^:[\]\s]+):\d{1,5}$/.test(broker);
}

function isMechanism(text: string): text is (typeof saslMechanisms)[number] {
  return (saslMechanisms as readonly string[]).includes(text);
}

function parseOffsets(text: string): Map<number, bigint> {
  return new Map([...text.matchAll(/(\d+):(\d+)/g)].map((m) => [Number(m[1]), BigInt(m[2]!)]));
}

function redacted(text: string): string {
  return text.replaceAll(/:\/\/[^@/]*@/g, '://…@');
}
