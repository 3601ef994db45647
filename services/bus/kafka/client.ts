import type { Kafka, KafkaConfig, SASLOptions } from 'kafkajs';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import { promisify } from 'node:util';
import { patchKafkajs } from '../../clients/kafkajs-patch.ts';
import { BusError } from '../bus.ts';
import { passwordVariable, type KafkaAddress } from './address.ts';

/** The topic of all runs. Key of a message: run/test; of what concerns a whole run: `run/`. */
export const topic = 'faultbox.events';

const pack = promisify(zstdCompress);
const unpack = promisify(zstdDecompress);

/** How kafkajs reaches the cluster. It is silent: what went wrong reaches us as errors. */
export function clientConfig({ brokers, tls, sasl, patience_ms }: KafkaAddress): KafkaConfig {
  const login = sasl && ({ mechanism: sasl.mechanism, username: sasl.user, password: process.env[passwordVariable] ?? '' } as SASLOptions);
  return {
    clientId: 'faultbox', brokers: [...brokers], ssl: tls, ...(login ? { sasl: login } : {}),
    connectionTimeout: Math.min(patience_ms, 3000), requestTimeout: patience_ms,
    retry: { initialRetryTime: 50, maxRetryTime: 500, retries: Math.ceil(patience_ms / 50) },
    logLevel: 0, logCreator: () => () => {},
  };
}

/** kafkajs, loaded only where a bus is a Kafka, with zstd as the codec of batches. */
export async function openKafka(address: KafkaAddress): Promise<Kafka> {
  const { default: kafkajs } = await import('kafkajs');
  patchKafkajs();
  kafkajs.CompressionCodecs[kafkajs.CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => pack(buffer),
    decompress: (buffer: Buffer) => unpack(buffer),
  });
  return new kafkajs.Kafka(clientConfig(address));
}

/** What kafkajs says, as a `BusError`. */
export function busError(address: KafkaAddress, error: unknown): BusError {
  if (error instanceof BusError) return error;
  const where = address.brokers.join(',');
  const { name, type = '', message, cause } = error as Error & { type?: string };
  const causes = `${name} ${type} ${message} ${cause instanceof Error ? `${cause.name} ${cause.message}` : ''}`;
  const refused = (what: string) => new BusError('E_BUS_REFUSED', where, `The broker at ${where} refused ${what}`);
  if (/SASL|AUTHENTICATION/i.test(causes)) return refused(`the login. The user stands in --bus, the password in ${passwordVariable}.`);
  if (/AUTHORIZATION|TOO_LARGE|POLICY_VIOLATION|INVALID_/.test(causes)) return refused(`what faultbox asked for: ${message}`);
  return new BusError('E_BUS_GONE', where, `The broker at ${where} does not answer (${message}). Is it up, and is the address in --bus right?`);
}

/** Settles as `work` does, but not later than the address's patience: then it rejects with E_BUS_GONE. */
export async function withinPatience<T>(address: KafkaAddress, work: Promise<T>): Promise<T> {
  const where = address.brokers.join(',');
  const waited = `The broker at ${where} has not answered within ${address.patience_ms / 1000} s. Is it up, and is the address in --bus right?`;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BusError('E_BUS_GONE', where, waited)), address.patience_ms);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw busError(address, error);
  } finally {
    clearTimeout(timer);
  }
}
