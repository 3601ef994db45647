import type { PeerCertificate } from 'node:tls';

/** An error of a TLS socket, as Node makes it. */
interface TlsError extends Error {
  readonly code?: string;
  readonly cert?: PeerCertificate;
}

/** Whom a TLS socket was to reach: "the broker at 127.0.0.1:9093". */
export interface TlsPeer {
  readonly name: string;
  /** What of its own must name a host as its certificate does. */
  readonly setting: "--bus and the broker's advertised.listeners" | 'registry=';
  /** Whether `--bus` names a certificate of ours. */
  readonly weHaveCertificate: boolean;
}

// prettier-ignore
const unknownAuthority = new Set([
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_SIGNATURE_FAILURE', 'CERT_UNTRUSTED', 'INVALID_CA',
]);

/**
 * Why TLS cannot come about however often it is tried, with its remedy; null where the error is none of TLS
 * (codes: https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 */
export function tlsRefusal(error: TlsError, { name, setting, weHaveCertificate }: TlsPeer): string | null {
  const { code = '', cert, message } = error;
  const theirs = `The certificate of ${name}`;
  if (unknownAuthority.has(code)) {
    return `${theirs} is signed by an authority that is not known here (${code}). Name its certificate in --bus: ca=/path/ca.pem.`;
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = cert?.subjectaltname?.replaceAll(/\b(?:DNS|IP Address):/g, '') ?? 'none';
    return `${theirs} is for another host: it names ${names}. A name that stands in it must be used in ${setting}.`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `${theirs} has expired. It must be renewed, unless this machine's clock is wrong.`;
  if (code === 'CERT_NOT_YET_VALID') return `${theirs} is not valid yet. Is this machine's clock right?`;
  if (/ALERT_(BAD_CERTIFICATE|CERTIFICATE_\w+|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE)|ALERT_HANDSHAKE_FAILURE/.test(code)) {
    const theirTrust = 'Its authority must be one that is trusted there';
    if (weHaveCertificate) return `${upper(name)} refuses the certificate that cert= in --bus names (${code}). ${theirTrust}.`;
    return `${upper(name)} asks its clients for a certificate. Name one in --bus: cert=/path/client.pem&key=/path/client.key.`;
  }
  if (/wrong.version.number|packet.length.too.long/i.test(`${code} ${message}`)) return `${upper(name)} does not speak TLS.`;
  if (/^(EPROTO$|ERR_SSL_|ERR_TLS_|CERT_)/.test(code)) return `TLS with ${name} does not come about: ${code} ${firstLine(message)}.`;
  return null;
}

const upper = (text: string): string => `${text[0]!.toUpperCase()}${text.slice(1)}`;
const firstLine = (text: string): string => text.split('\n')[0]!.trim();
