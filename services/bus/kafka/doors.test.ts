import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { keyPassphrase } from '../../../infra/kafka/certificates.ts';
import { password, type Door } from '../../../infra/kafka/listeners.ts';
import { LocalKafka } from '../../../infra/kafka/local-kafka.ts';
import { openBusWriter, openRunReader, prepareBus } from '../open.ts';
import { busLocation, busText } from '../location.ts';
import { blockOf, line, readAll } from '../testing/lines.ts';

let kafka: LocalKafka;
let runs = 0;
beforeAll(async () => {
  kafka = await LocalKafka.start({ tls: true });
}, 60_000);
afterAll(() => kafka.end());
afterEach(() => vi.unstubAllEnvs());

/** Writes a record through a door and reads it back, each as a process of a run does. */
async function throughDoor(door: Door | 'plain', settings: string, login = false): Promise<void> {
  const run = `run${++runs}`;
  const prepared = await prepareBus(busLocation(kafka.busAt(door, filled(settings), login)));
  const writer = openBusWriter(busLocation(busText(prepared)), run, 'stdout');
  writer.append(blockOf([line(run, 1)]), 1);
  await writer.close();
  const reader = openRunReader(busLocation(busText(prepared)), run);
  expect(await readAll(reader)).toEqual([line(run, 1)]);
  await reader.close();
}

/** Settings name files as <ca>; they are known when the broker runs. */
function filled(settings: string): string {
  return settings.replace(/<(\w+)>/g, (_, name: string) => kafka.certificates[name as keyof typeof kafka.certificates]);
}

const identity = 'cert=<clientCertificate>&key=';

describe('the bus on Kafka takes what it is given', () => {
  test.each<readonly [Door, string, boolean]>([
    ['tls', 'tls=1&ca=<ca>', false],
    ['mutual', `tls=1&ca=<ca>&${identity}<clientKey>`, false],
    ['secure', 'tls=1&ca=<ca>&sasl=plain', true],
    ['secure', 'tls=1&ca=<ca>&sasl=scram-sha-256', true],
    ['secure', 'tls=1&ca=<ca>&sasl=scram-sha-512', true],
  ])('at the door "%s" with %s', async (door, settings, login) => {
    vi.stubEnv('FAULTBOX_BUS_PASSWORD', password);
    await throughDoor(door, settings, login);
  });

  test('a locked key with its passphrase from the environment', async () => {
    vi.stubEnv('FAULTBOX_BUS_KEY_PASSPHRASE', keyPassphrase);
    await throughDoor('mutual', `tls=1&ca=<ca>&${identity}<lockedClientKey>`);
  });
});

const refused: ReadonlyArray<readonly [what: string, door: Door | 'plain', settings: string, login: boolean, sentence: RegExp]> = [
  [
    'an unknown authority',
    'tls',
    'tls=1',
    false,
    /^The certificate of the broker at 127\.0\.0\.1:\d+ is signed by an authority that is not known here .*ca=\/path\/ca\.pem/,
  ],
  ['the wrong authority', 'tls', 'tls=1&ca=<foreignCa>', false, /authority that is not known here/],
  ['an expired certificate', 'expired', 'tls=1&ca=<ca>', false, /has expired/],
  [
    'the certificate of another host',
    'elsewhere',
    'tls=1&ca=<ca>',
    false,
    /is for another host: it names kafka\.example\..*advertised\.listeners/,
  ],
  ['a broker that asks for a certificate', 'mutual', 'tls=1&ca=<ca>', false, /asks its clients for a certificate.*cert=/],
  ['no TLS where the broker speaks it', 'tls', '', false, /speaks TLS there\. Add tls=1/],
  ['a wrong password, plain', 'login', 'sasl=plain', true, /refused the login.*FAULTBOX_BUS_PASSWORD/],
  ['a wrong password, scram-sha-256', 'secure', 'tls=1&ca=<ca>&sasl=scram-sha-256', true, /refused the login.*FAULTBOX_BUS_PASSWORD/],
  ['a wrong password, scram-sha-512', 'secure', 'tls=1&ca=<ca>&sasl=scram-sha-512', true, /refused the login.*FAULTBOX_BUS_PASSWORD/],
  [
    'a mechanism that the broker has not',
    'login',
    'sasl=scram-sha-256',
    true,
    /knows no login by scram-sha-256.*sasl=plain or sasl=scram-sha-512/,
  ],
  ['a login where none is asked for', 'plain', 'sasl=plain', true, /asks for no login/],
  ['no login where one is asked for', 'login', 'patience_ms=2000', false, /hangs up on clients that do not log in/],
  ['no login where one is asked for, in TLS', 'secure', 'tls=1&ca=<ca>&patience_ms=2000', false, /hangs up on clients that do not log in/],
  ['TLS where the broker does not speak it', 'plain', 'tls=1&patience_ms=2000', false, /Does it speak TLS there\?/],
];

describe.each([
  ['a run that begins', (bus: string) => prepareBus(busLocation(bus))],
  [
    'a writer',
    (bus: string) => {
      const writer = openBusWriter(busLocation(bus), 'refused', 'stdout');
      writer.append(blockOf([line('refused', 1)]), 1);
      return writer.durable();
    },
  ],
  ['a reader', (bus: string) => openRunReader(busLocation(bus), 'refused').atEnd()],
])('%s is refused in a sentence:', (_, knock) => {
  test.each(refused)('%s', async (_what, door, settings, login, sentence) => {
    vi.stubEnv('FAULTBOX_BUS_PASSWORD', 'wrong-7731');
    const error = await knock(kafka.busAt(door, filled(settings), login)).then(
      () => null,
      (e: unknown) => e as Error,
    );
    expect(error).toMatchObject({
      name: 'BusError',
      code: expect.stringMatching(/E_BUS_(REFUSED|GONE)/),
      message: expect.stringMatching(sentence),
    });
    expect(error!.message).not.toMatch(/wrong-7731|\n/);
  });
});

test.each([
  ['tls=1&ca=/nowhere.pem', /ca=\/nowhere\.pem cannot be read \(ENOENT\)/],
  ['tls=1&ca=<clientKey>', /holds no certificate in PEM/],
  [`tls=1&ca=<ca>&${identity}<server>`, /is not the key of cert=/],
  [`tls=1&ca=<ca>&${identity}<lockedClientKey>`, /is locked, and FAULTBOX_BUS_KEY_PASSPHRASE does not open it/],
  [`tls=1&ca=<ca>&${identity}<ca>`, /is no PEM|is not the key|no key/],
  ['tls=1&ca=<ca>&sasl=plain', /needs a password in FAULTBOX_BUS_PASSWORD/],
])('%s is a mistake in --bus', async (settings, sentence) => {
  const bus = kafka.busAt('secure', filled(settings), settings.includes('sasl'));
  await expect(prepareBus(busLocation(bus))).rejects.toMatchObject({ code: 'E_BUS_ADDRESS', message: expect.stringMatching(sentence) });
});
