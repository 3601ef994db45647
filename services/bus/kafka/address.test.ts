import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kafkaAddressText, parseKafkaAddress, type KafkaAddress } from './address.ts';

const user = fc.string({ minLength: 1 }).map((text) => text.replaceAll(':', ''));
const addresses: fc.Arbitrary<KafkaAddress> = fc.record({
  brokers: fc.array(fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`), { minLength: 1, maxLength: 3 }),
  registry: fc.constantFrom('http://registry:8081', 'https://registry.example/apis/ccompat/v7'),
  registryUser: fc.constantFrom('', 'someone', 'a@b'),
  tls: fc.boolean(),
  sasl: fc.option(fc.record({ mechanism: fc.constantFrom('plain' as const, 'scram-sha-512' as const), user: user.filter((u) => u !== '' && u.isWellFormed()) })),
  patience_ms: fc.integer({ min: 1, max: 100_000 }),
  group: fc.constantFrom('', 'faultbox.b1946ac9'),
  from: fc.dictionary(fc.nat(20).map(String), fc.bigInt({ min: 0n, max: 2n ** 62n })).map((d) => new Map(Object.entries(d).map(([p, o]) => [Number(p), o]))),
});

test('what a process is told is what was read', () => {
  fc.assert(fc.property(addresses, (address) => {
    expect(parseKafkaAddress(kafkaAddressText(address))).toEqual(address);
  }));
});
