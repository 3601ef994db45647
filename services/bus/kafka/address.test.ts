import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kafkaAddressText, parseKafkaAddress, type KafkaAddress } from './address.ts';

const user = fc.string({ minLength: 1 }).map((text) => text.replaceAll(':', ''));
const path = fc.stringMatching(/^\/[a-z %&=+?#]{1,9}\.pem$/);
const tls: fc.Arbitrary<Pick<KafkaAddress, 'tls' | 'ca' | 'identity'>> = fc.oneof(
  fc.constant({ tls: false, ca: null, identity: null }),
  fc.record({ tls: fc.constant(true), ca: fc.option(path), identity: fc.option(fc.record({ cert: path, key: path })) }),
);
const addresses: fc.Arbitrary<KafkaAddress> = fc
  .tuple(
    tls,
    fc.record({
      brokers: fc.array(
        fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`),
        { minLength: 1, maxLength: 3 },
      ),
      registry: fc.constantFrom('http://registry:8081', 'https://registry.example/apis/ccompat/v7'),
      registryUser: fc.constantFrom('', 'someone', 'a@b'),
      sasl: fc.option(
        fc.record({
          mechanism: fc.constantFrom('plain' as const, 'scram-sha-512' as const),
          user: user.filter((u) => u !== '' && u.isWellFormed()),
        }),
      ),
      patience_ms: fc.integer({ min: 1, max: 100_000 }),
      group: fc.constantFrom('', 'faultbox.b1946ac9'),
      from: fc
        .dictionary(fc.nat(20).map(String), fc.bigInt({ min: 0n, max: 2n ** 62n }))
        .map((d) => new Map(Object.entries(d).map(([p, o]) => [Number(p), o]))),
    }),
  )
  .map(([security, rest]) => ({ ...rest, ...security }));

test('what a process is told is what was read', () => {
  fc.assert(
    fc.property(addresses, (address) => {
      expect(parseKafkaAddress(kafkaAddressText(address))).toEqual(address);
    }),
  );
});

test.each([
  ['kafka://h:1?registry=http://r&ca=a.pem', 'ca needs tls=1, or a registry at https://'],
  ['kafka://h:1?registry=http://r&tls=1&ca=', 'ca is the path of a file'],
  ['kafka://h:1?registry=http://r&cert=a.pem&key=a.key', 'cert needs tls=1'],
  ['kafka://h:1?registry=http://r&tls=1&cert=a.pem', 'cert and key are named together'],
])('%s is refused', (text, sentence) => {
  expect(() => parseKafkaAddress(text)).toThrow(sentence);
});

test('a path is that of the folder in which the command was given', () => {
  expect(parseKafkaAddress('kafka://h:1?registry=https://r&ca=a.pem').ca).toBe(join(process.cwd(), 'a.pem'));
});
