import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the client's key is locked with where it is. */
export const keyPassphrase = 'local-passphrase';

/** Files in PEM that a test's authority has made. A server's file holds its key and its certificate, as Kafka and Node read them. */
export interface Certificates {
  readonly ca: string;
  /** Of another authority. */
  readonly foreignCa: string;
  readonly server: string;
  readonly expiredServer: string;
  /** Names another host. */
  readonly elsewhereServer: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  /** The same key, locked with `keyPassphrase`. */
  readonly lockedClientKey: string;
}

/** Makes all of them in a folder of its own, by openssl. */
export function makeCertificates(dir: string): Certificates {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const authority = (name: string) => {
    openssl('req', '-x509', ...newKey, '-subj', `/CN=${name}`, '-days', '30', '-keyout', `${name}.key`, '-out', `${name}.pem`);
    return join(dir, `${name}.pem`);
  };
  const signed = (name: string, days: number, subject: string) => {
    openssl('req', '-new', ...newKey, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`);
    writeFileSync(join(dir, `${name}.ext`), `subjectAltName=${subject}\n`);
    const out = ['-days', String(days), '-extfile', `${name}.ext`, '-out', `${name}.crt`];
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', ...out);
    return { key: join(dir, `${name}.key`), certificate: join(dir, `${name}.crt`) };
  };
  const server = (name: string, days: number, subject: string) => {
    const { key, certificate } = signed(name, days, subject);
    writeFileSync(join(dir, `${name}.pem`), readFileSync(key, 'utf8') + readFileSync(certificate, 'utf8'), { mode: 0o600 });
    return join(dir, `${name}.pem`);
  };
  const [ca, foreignCa] = [authority('ca'), authority('foreign-ca')];
  const client = signed('client', 30, 'DNS:client');
  openssl('pkcs8', '-topk8', '-in', 'client.key', '-passout', `pass:${keyPassphrase}`, '-out', 'locked-client.key');
  return {
    ca,
    foreignCa,
    server: server('server', 30, 'IP:127.0.0.1,DNS:localhost'),
    expiredServer: server('expired', -1, 'IP:127.0.0.1,DNS:localhost'),
    elsewhereServer: server('elsewhere', 30, 'DNS:kafka.example'),
    clientCertificate: client.certificate,
    clientKey: client.key,
    lockedClientKey: join(dir, 'locked-client.key'),
  };
}
