import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { keyPassphrase } from '../../infra/kafka/certificates.ts';
import { password } from '../../infra/kafka/listeners.ts';
import { LocalKafka } from '../../infra/kafka/local-kafka.ts';
import { ShieldedRegistry } from '../../infra/kafka/registry-front.ts';
import { tree } from '../crash/machine.ts';
import { faultbox, pair, Playground, runOf } from '../faultbox.ts';

const registryPassword = 'pass:w0rd-5512';
let kafka: LocalKafka;
let registry: ShieldedRegistry;
let at: Playground;
beforeAll(async () => {
  kafka = await LocalKafka.start({ tls: true });
  registry = await ShieldedRegistry.start(kafka.registry, { user: 'clerk', password: registryPassword, server: kafka.certificates.server });
});
afterAll(() => Promise.all([kafka.end(), registry.end()]));
beforeEach(() => {
  at = new Playground();
  at.write(
    'spec.star',
    `${pair}\ndef test_written():\n    api.post("/data/color", body = "green")\n    assert_eventually(where = lambda e: e.service == "db" and e.data.get("op") == "SET")\n`,
  );
});
afterEach(() => at.remove());

/** The address of the broker at its door "secure" or "mutual", with the registry that asks for a login, in TLS. */
function bus(door: 'secure' | 'mutual', settings: string): string {
  const shielded = kafka.registry.replace(/^http:\/\/127\.0\.0\.1:\d+/, `https://clerk@127.0.0.1:${registry.port}`);
  return kafka.busAt(door, settings, settings.includes('sasl=')).replace(kafka.registry, encodeURIComponent(shielded));
}

describe('a cluster that asks for everything', () => {
  test('SASL in TLS by an authority of its own, a registry with a login: a run and its replay, and no secret in any list of processes or output', async () => {
    const { ca } = kafka.certificates;
    const address = bus('secure', `tls=1&ca=${ca}&sasl=scram-sha-512`);
    const secrets = { FAULTBOX_BUS_PASSWORD: password, FAULTBOX_REGISTRY_PASSWORD: registryPassword };
    const shown = new Set<string>();
    const watch = setInterval(() => {
      // Below this one: tests that run beside it make the users of brokers of their own.
      for (const { command } of tree(process.pid)) {
        for (const secret of Object.values(secrets)) if (command.includes(secret)) shown.add(command);
      }
    }, 20);
    const run = await faultbox(at.dir, ['test', 'spec.star', '--bus', address, '--output', 'trace.json'], secrets);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const id = runOf(run);
    expect(await faultbox(at.dir, ['check', id, '--bus', address], secrets)).toMatchObject({ code: 0, stderr: '' });
    clearInterval(watch);
    expect([...shown]).toEqual([]);
    for (const secret of Object.values(secrets)) expect(run.stdout + at.read('trace.json')).not.toContain(secret);
  });

  test('a client certificate whose key is locked; the authority is told by NODE_EXTRA_CA_CERTS', async () => {
    const { ca, clientCertificate, lockedClientKey } = kafka.certificates;
    const address = bus('mutual', `tls=1&cert=${clientCertificate}&key=${lockedClientKey}`);
    const told = { NODE_EXTRA_CA_CERTS: ca, FAULTBOX_BUS_KEY_PASSPHRASE: keyPassphrase, FAULTBOX_REGISTRY_PASSWORD: registryPassword };
    expect(await faultbox(at.dir, ['test', 'spec.star', '--bus', address], told)).toMatchObject({ code: 0, stderr: '' });
  });

  test.each<readonly [string, string, Record<string, string>, number, RegExp]>([
    [
      'a wrong password of the registry',
      'tls=1&ca=<ca>&sasl=plain',
      { FAULTBOX_BUS_PASSWORD: password, FAULTBOX_REGISTRY_PASSWORD: 'wrong-7731' },
      3,
      /registry at https.* refused the login of "clerk".*FAULTBOX_REGISTRY_PASSWORD/,
    ],
    [
      'a wrong password of the broker',
      'tls=1&ca=<ca>&sasl=plain',
      { FAULTBOX_BUS_PASSWORD: 'wrong-7731' },
      3,
      /refused the login.*FAULTBOX_BUS_PASSWORD/,
    ],
    ['no password at all', 'tls=1&ca=<ca>&sasl=plain', {}, 2, /needs a password in FAULTBOX_BUS_PASSWORD/],
    [
      'a file that is not there',
      'tls=1&ca=nowhere.pem&sasl=plain',
      { FAULTBOX_BUS_PASSWORD: password },
      2,
      /ca=\/.*nowhere\.pem cannot be read/,
    ],
    [
      'an authority that is unknown',
      'tls=1&sasl=plain',
      { FAULTBOX_BUS_PASSWORD: password },
      3,
      /signed by an authority that is not known here/,
    ],
  ])('%s: a sentence and its exit code, no secret and no stack', async (_, settings, told, exit, sentence) => {
    const { code, stdout, stderr } = await faultbox(
      at.dir,
      ['test', 'spec.star', '--bus', bus('secure', settings.replace('<ca>', kafka.certificates.ca))],
      told,
    );
    expect([code, stdout + stderr]).toEqual([exit, expect.stringMatching(sentence)]);
    expect(stdout + stderr).not.toMatch(/wrong-7731|\n {4}at /);
  });
});
