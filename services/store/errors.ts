import { foreignAnswer } from './answer.ts';
import type { Address } from './client.ts';

/** What can go wrong with the store, so far as a caller can act on it. */
export type StoreErrorCode =
  /** What --store says is no address. */
  | 'E_STORE_ADDRESS'
  /** libchdb.so or native/build/engine is not there. */
  | 'E_ENGINE_MISSING'
  /** The engine did not come up. */
  | 'E_ENGINE_START'
  /** The engine or server does not answer any more, or not yet. */
  | 'E_ENGINE'
  /** The server's certificate is not trusted, or one side speaks TLS and the other does not. */
  | 'E_STORE_TLS'
  /** The server does not know the user or the password. */
  | 'E_STORE_LOGIN'
  /** The disk of the store is full. */
  | 'E_STORE_FULL'
  /** What lies in the store's folder cannot be read. */
  | 'E_STORE_CORRUPT'
  /** The store's tables are those of a newer version. */
  | 'E_STORE_NEWER'
  /** The store lost events, or has some twice. */
  | 'E_STORE_LOST'
  /** The store refused the query. */
  | 'E_STORE_QUERY';

/** The store cannot do what was asked; the message is a sentence for people. */
export class StoreError extends Error {
  override name = 'StoreError';
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Nobody answers at the store's address: the engine ended while it was in use, or the server is out of reach. */
export class EngineGone extends StoreError {
  override name = 'EngineGone';
  constructor({ url, embedded }: Address, cause: Error) {
    const why = embedded ? 'its engine has ended' : `${cause.message}. Is the server up, and is the address in --store right?`;
    super('E_ENGINE', `The store at ${url} does not answer: ${why}`, cause);
  }
}

/** Something else answers at the store's address, as a page of a proxy that stands in front of the server. */
export class NoServer extends EngineGone {
  override name = 'NoServer';
  constructor(address: Address, cause: Error) {
    super(address, cause);
    this.message = `What answers at ${address.url} is no ClickHouse server. Is the address in --store right?`;
  }
}

/** The server has more to do than it takes on, which passes. */
export class EngineBusy extends EngineGone {
  override name = 'EngineBusy';
  constructor(address: Address, cause: Error) {
    super(address, cause);
    this.message = `The store at ${address.url} is too busy: ${cause.message.trim()}`;
  }
}

// prettier-ignore
const goneCodes = new Set([
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT',
  // Of what stands in front of a server that is away.
  '502', '503', '504',
]);
const tlsCodes = /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|HPE_INVALID)/;
const busyTypes = new Set(['TOO_MANY_SIMULTANEOUS_QUERIES', 'TOO_MANY_PARTS', 'SERVER_OVERLOADED']);
const fullCodes = new Set(['243']);
// prettier-ignore
const corruptTypes = new Set([
  'CHECKSUM_DOESNT_MATCH', 'CORRUPTED_DATA', 'CANNOT_READ_ALL_DATA', 'TOO_LARGE_SIZE_COMPRESSED', 'NO_FILE_IN_DATA_PART', 'BAD_SIZE_OF_FILE_IN_DATA_PART',
]);

/** An error of the client or of the server as a `StoreError`. */
export function storeError(at: Address, error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { code = '', type = '', message } = error as { code?: string; type?: string; message: string };
  const address = at.url;
  if ((type === '' && goneCodes.has(code)) || /socket hang up|^Timeout error/.test(message)) return new EngineGone(at, error as Error);
  if (code === foreignAnswer || isForeign(error as Error, code, type)) return new NoServer(at, error as Error);
  if (busyTypes.has(type)) return new EngineBusy(at, error as Error);
  if (tlsCodes.test(code)) {
    const remedy =
      'Does --store say https where the server speaks TLS, and only there? A certificate authority of your own is named by NODE_EXTRA_CA_CERTS.';
    return new StoreError('E_STORE_TLS', `There is no TLS with the store at ${address}: ${message.trim()}. ${remedy}`, error);
  }
  if (fullCodes.has(code) || /No space left on device/.test(message)) {
    return new StoreError('E_STORE_FULL', `The disk that holds the store at ${address} is full.`, error);
  }
  if (type === 'AUTHENTICATION_FAILED') {
    return new StoreError(
      'E_STORE_LOGIN',
      `The store at ${address} refused the login. The user stands in --store, the password in FAULTBOX_STORE_PASSWORD.`,
      error,
    );
  }
  if (corruptTypes.has(type)) return new StoreError('E_STORE_CORRUPT', `The store at ${address} is damaged: ${message}`, error);
  return new StoreError('E_STORE_QUERY', message, error);
}

/** Whether an answer is a refusal in other words than ClickHouse's: those have a type. */
function isForeign(error: Error, code: string, type: string): boolean {
  return type === '' && (/^[345]\d\d$/.test(code) || (code === '' && error.constructor === Error));
}
