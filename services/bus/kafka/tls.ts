import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { BusError } from '../bus.ts';
import { keyPassphraseVariable, type KafkaAddress } from './address.ts';

const certificate = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;

/**
 * What TLS to the brokers is made of, read from the files that `--bus` names. Throws `BusError` E_BUS_ADDRESS where they are not what they
 * should be.
 */
export function tlsOptions({ ca, identity }: KafkaAddress): SecureContextOptions {
  const passphrase = process.env[keyPassphraseVariable];
  const options: SecureContextOptions = {
    ...(ca === null ? {} : { ca: certificatesIn('ca', ca) }),
    ...(identity === null ? {} : { cert: certificatesIn('cert', identity.cert), key: textOf('key', identity.key) }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  try {
    createSecureContext(options);
  } catch (error) {
    throw refuse(complaint(error as Error & { code?: string }, `cert=${identity?.cert}`, `key=${identity?.key}`));
  }
  return options;
}

function textOf(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw refuse(`${setting}=${file} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** The certificates of a file. Throws `BusError` E_BUS_ADDRESS where there are none. */
export function certificatesIn(setting: string, file: string): string {
  const text = textOf(setting, file);
  if (certificate.test(text)) return text;
  throw refuse(`${setting}=${file} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`);
}

function complaint({ code = '', message }: Error & { code?: string }, cert: string, key: string): string {
  if (/BAD_DECRYPT|PASSWORD|BAD_PASSWORD_READ/.test(code)) return `${key} is locked, and ${keyPassphraseVariable} does not open it`;
  if (/VALUES_MISMATCH/.test(code)) return `${key} is not the key of ${cert}`;
  if (/NO_START_LINE|UNSUPPORTED|DECODE/.test(code)) return `${cert} or ${key} is no PEM`;
  return `${cert} and ${key} cannot be used: ${message}`;
}

function refuse(what: string): BusError {
  return new BusError('E_BUS_ADDRESS', '--bus', `--bus: ${what}.`);
}
