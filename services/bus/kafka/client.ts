import type { Kafka, KafkaConfig, SASLOptions } from 'kafkajs';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { promisify } from 'node:util';
import { patchKafkajs } from '../../clients/kafkajs-patch.ts';
import { BusError } from '../bus.ts';
import { passwordVariable, saslMechanisms, type KafkaAddress } from './address.ts';
import { doorOf } from './door.ts';
import { tlsOptions } from './tls.ts';

const topicGone = /does not host this topic-partition/;

/** The topic of all runs. Key of a message: run/test; of what concerns a whole run: `run/`. */
export const topic = 'faultbox.events';

/** Lines of up to 16 MiB are events. */
export const largestMessage_bytes = 32 << 20;

const pack = promisify(zstdCompress);
const unpack = promisify(zstdDecompress);
const params = { [constants.ZSTD_c_compressionLevel]: 1 };
/** kafkajs's `logLevel.ERROR`. */
const errorLevel = 1;
const [leastChunk, mostChunk] = [16 << 10, 4 << 20];
/** How often larger than its compressed form a batch of ours is at most, as a rule. */
const usualRatio = 32;

/** Bytes that zstd puts out at a time: each time is a turn through Node's thread pool, and each takes memory before it is needed. */
function chunkFor(bytes: number): number {
  return Math.min(mostChunk, Math.max(leastChunk, bytes));
}

/** How kafkajs reaches the cluster. It prints nothing: what went wrong reaches us as errors. Throws `BusError` E_BUS_ADDRESS. */
export function clientConfig(address: KafkaAddress): KafkaConfig {
  const { brokers, tls, sasl, patience_ms } = address;
  const password = process.env[passwordVariable] ?? '';
  if (sasl && password === '') {
    const needs = `--bus: sasl=${sasl.mechanism} needs a password in ${passwordVariable}, which is not set.`;
    throw new BusError('E_BUS_ADDRESS', '--bus', needs);
  }
  const login = sasl && ({ mechanism: sasl.mechanism, username: sasl.user, password } as SASLOptions);
  return {
    clientId: 'faultbox',
    brokers: [...brokers],
    socketFactory: doorOf(address).socketFactory,
    ssl: tls ? tlsOptions(address) : false,
    ...(login ? { sasl: login } : {}),
    connectionTimeout: Math.min(patience_ms, 3000),
    requestTimeout: patience_ms,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: Math.ceil(patience_ms / 50) },
    logLevel: errorLevel,
    logCreator: () => (entry) => doorOf(address).hear(entry.log),
  };
}

/** kafkajs, loaded only where a bus is a Kafka, with zstd as the codec of batches. */
export async function openKafka(address: KafkaAddress): Promise<Kafka> {
  const { default: kafkajs } = await import('kafkajs');
  patchKafkajs();
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => pack(buffer, { params, chunkSize: chunkFor(buffer.length) }),
    decompress: (buffer: Buffer) => unpack(buffer, { chunkSize: chunkFor(buffer.length * usualRatio) }),
  });
  return new kafkajs.Kafka(clientConfig(address));
}

const tooLarge = `takes no message as large as one of ours. Set max.message.bytes of the topic ${topic} to ${largestMessage_bytes}.`;
const rights = `It needs to read and write the topic ${topic}, to create it where it is not there, and to read the groups faultbox.*`;

/** What kafkajs says, as a `BusError`. */
export function busError(address: KafkaAddress, error: unknown): BusError {
  if (error instanceof BusError) return error;
  const where = address.brokers.join(',');
  const { message } = error as Error;
  const { complaint } = doorOf(address);
  // kafkajs keeps from us why it found no coordinator.
  const denied = complaint === null ? null : hopeless(address, new Error(complaint));
  return hopeless(address, error) ?? denied ?? new BusError('E_BUS_GONE', where, goneSentence(address, `does not answer (${message})`));
}

interface KafkaError extends Error {
  readonly type?: string;
  /** Of several at once, as where topics are made. */
  readonly errors?: readonly KafkaError[];
}

/** All that an error says of itself: kafkajs wraps what it gave up on. */
function wordsOf({ name, type = '', message, cause, errors = [] }: KafkaError): string {
  const within = [...(cause instanceof Error ? [cause as KafkaError] : []), ...errors].map(wordsOf);
  return [name, type, message, ...within].join(' ');
}

/** What trying again does not cure; null where it may. */
export function hopeless(address: KafkaAddress, error: unknown): BusError | null {
  if (error instanceof BusError) return error;
  const { refusal } = doorOf(address);
  if (refusal) return refusal;
  const where = address.brokers.join(',');
  const { type = '', message } = error as Error & { type?: string };
  const causes = wordsOf(error as KafkaError);
  const refused = (sentence: string) => new BusError('E_BUS_REFUSED', where, `The broker at ${where} ${sentence}`);
  if (type === 'UNSUPPORTED_SASL_MECHANISM') {
    return refused(`knows no login by ${address.sasl!.mechanism}. Name another in --bus: sasl=${otherMechanisms(address)}.`);
  }
  if (type === 'ILLEGAL_SASL_STATE') return refused('asks for no login. Leave the user and sasl= out of --bus.');
  if (/SASL|AUTHENTICATION/i.test(causes)) {
    return refused(`refused the login. The user stands in --bus, the password in ${passwordVariable}.`);
  }
  if (/TOO_LARGE/.test(causes)) return refused(tooLarge);
  const denied = /not authorized[^[]*|\w+ authorization failed/i.exec(causes);
  if (denied) return refused(`does not let the user: ${denied[0].trim()}. ${rights}`);
  if (/POLICY_VIOLATION|INVALID_/.test(causes)) return refused(`refused what faultbox asked for: ${message}`);
  return null;
}

function goneSentence(address: KafkaAddress, what: string): string {
  const { suspicion, complaint } = doorOf(address);
  const where = `the broker at ${address.brokers.join(',')}`;
  if (complaint !== null && topicGone.test(complaint)) return `There is no topic ${topic} at ${where} any more. Was it deleted? Run again.`;
  if (complaint !== null) return `For too long the only answer of ${where} has been: ${complaint}.`;
  return suspicion ?? `The broker at ${address.brokers.join(',')} ${what}. Is it up, and is the address in --bus right?`;
}

function otherMechanisms({ sasl }: KafkaAddress): string {
  return saslMechanisms.filter((m) => m !== sasl?.mechanism).join(' or sasl=');
}

/**
 * Settles as `work` does, but not later than the address's patience: then it rejects with E_BUS_GONE. What no patience cures rejects at
 * once.
 */
export async function withinPatience<T>(address: KafkaAddress, work: Promise<T>): Promise<T> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  const forget = doorOf(address).onRefusal(reject);
  const timer = setTimeout(() => {
    const sentence = goneSentence(address, `has not answered within ${address.patience_ms / 1000} s`);
    reject(new BusError('E_BUS_GONE', address.brokers.join(','), sentence));
  }, address.patience_ms);
  work.catch(() => {});
  try {
    return await Promise.race([work, failed]);
  } catch (error) {
    throw busError(address, error);
  } finally {
    clearTimeout(timer);
    forget();
  }
}
